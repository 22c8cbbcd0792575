package io.instructseg.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8Test {

    /** Expected: Python's {@code bytes.decode("utf-8", "replace")}, with ? for U+FFFD. */
    @ParameterizedTest
    @CsvSource({ "eda080, ???", "edb08078, ???x", "e08080, ???", "e18078, ?x", "f09f98, ?", "f09f98c3, ??", "f4908080, ????",
            "f580, ??", "c0af, ??", "c2, ?", "f0808080, ????", "80bf, ??", "e282acff, \u20AC?", "f1808041, ?A", "e0a0, ?",
            "f888808080, ?????" })
    void replacesMaximalPartsOfIllFormedSequences(String hex, String expected) {
        assertThat(Utf8.decode(HexFormat.of().parseHex(hex))).isEqualTo(expected.replace('?', '\uFFFD'));
    }

    @Test
    void decodesEveryCodePoint() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (!Utf8.isSurrogate(codePoint)) {
                String text = Character.toString(codePoint);
                assertThat(Utf8.decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
            }
        }
    }
}
