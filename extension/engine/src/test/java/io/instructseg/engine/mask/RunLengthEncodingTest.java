package io.instructseg.engine.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

class RunLengthEncodingTest {

    /** Strings, areas and boxes of pycocotools. */
    @Test
    void readsAndWritesWhatPycocotoolsWrites() throws IOException {
        JsonNode masks;
        try (InputStream in = RunLengthEncodingTest.class.getResourceAsStream("coco-masks.json")) {
            masks = new ObjectMapper().readTree(in);
        }
        assertThat(masks).hasSize(10);
        for (JsonNode expected : masks) {
            RunLengthEncoding encoding = new RunLengthEncoding(expected.get("size").get(0).asInt(),
                    expected.get("size").get(1).asInt(), expected.get("counts").asText());
            Mask mask = encoding.decode();
            JsonNode box = expected.get("box");
            assertThat(mask.area()).isEqualTo(expected.get("area").asLong());
            assertThat(mask.boundingBox()).contains(
                    new Box(box.get(0).asInt(), box.get(1).asInt(), box.get(2).asInt(), box.get(3).asInt()));
            assertThat(RunLengthEncoding.encode(mask)).isEqualTo(encoding);
        }
    }

    /** Expected strings from pycocotools. */
    @ParameterizedTest
    @CsvSource({ "1, 1, 0, 1", "1, 1, 1, 01", "2, 3, 001011, 33", "5, 7, 00000000000000000000000000000000000, S1",
            "5, 7, 11111111111111111111111111111111111, 0S1" })
    void encodesSmallMasks(int height, int width, String rows, String counts) {
        boolean[] values = new boolean[height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = rows.charAt(i) == '1';
        }
        Mask mask = Mask.of(width, height, values);
        assertThat(RunLengthEncoding.encode(mask)).isEqualTo(new RunLengthEncoding(height, width, counts));
        assertThat(new RunLengthEncoding(height, width, counts).decode()).isEqualTo(mask);
    }

    @Test
    void encodesACheckerboardAsPycocotoolsDoes() {
        boolean[] values = new boolean[6 * 9];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i / 9 + i % 9) % 2 == 1;
        }
        assertThat(RunLengthEncoding.encode(Mask.of(9, 6, values)).counts())
                .isEqualTo("1110010O0010O0010O0010O0010O0010O0010O0010O000");
    }

    @Test
    void randomMasksSurvive() {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            Mask mask = MaskTest.random(random, 1 + random.nextInt(90), 1 + random.nextInt(90),
                    Math.pow(random.nextDouble(), 3));
            assertThat(RunLengthEncoding.encode(mask).decode()).isEqualTo(mask);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "S", "S2", "O", "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh", "oooooooooooooooooo1", " ", "S1\u20ac",
            "00", "0?" })
    void refusesStringsThatFitNoMask(String counts) {
        RunLengthEncoding encoding = new RunLengthEncoding(5, 7, counts);
        assertThatThrownBy(encoding::decode).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("run lengths");
    }

    @Test
    void refusesSizesWithoutOrWithTooManyPixels() {
        assertThatThrownBy(() -> new RunLengthEncoding(0, 7, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RunLengthEncoding(1 << 20, 1 << 20, "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void mutatedStringsDecodeOrAreRefused() {
        Random random = new Random(6);
        String counts = RunLengthEncoding.encode(MaskTest.random(random, 40, 30, 0.2)).counts();
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            StringBuilder mutated = new StringBuilder(counts);
            for (int n = random.nextInt(3); n >= 0; n--) {
                mutated.setCharAt(random.nextInt(mutated.length()), (char) (40 + random.nextInt(80)));
            }
            try {
                assertThat(new RunLengthEncoding(30, 40, mutated.toString()).decode().area()).isBetween(0L, 1200L);
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }
}
