package io.instructseg.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.instructseg.engine.text.CodePointClasses.Kind;

class CodePointClassesTest {

    @Test
    void everyCodePointHasTheClassOfTheGolden() {
        JsonNode golden = TokenizerGoldens.json("phi2-tokenizer/codepoint_classes.json");
        Kind[] expected = new Kind[Character.MAX_CODE_POINT + 1];
        Arrays.fill(expected, Kind.OTHER);
        fill(expected, golden.get("letter"), Kind.LETTER);
        fill(expected, golden.get("number"), Kind.NUMBER);
        fill(expected, golden.get("whitespace"), Kind.WHITESPACE);

        Kind[] actual = new Kind[expected.length];
        Arrays.setAll(actual, CodePointClasses::of);
        assertThat(actual).isEqualTo(expected);
    }

    private static void fill(Kind[] kinds, JsonNode ranges, Kind kind) {
        for (JsonNode range : ranges) {
            Arrays.fill(kinds, range.get(0).intValue(), range.get(1).intValue() + 1, kind);
        }
    }
}
