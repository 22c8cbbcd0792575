package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

class GenerationOptionsTest {

    private static final GenerationOptions DEFAULT = GenerationOptions.DEFAULT;

    @Test
    void eachIsSetAlone() {
        assertThat(DEFAULT).isEqualTo(new GenerationOptions(256, 0, 0, 1, 0, List.of()));
        assertThat(DEFAULT.withMaxTokens(3).withTemperature(0.7f).withTopK(5).withTopP(0.9f).withSeed(42)
                .withStop(List.of("a"))).isEqualTo(new GenerationOptions(3, 0.7f, 5, 0.9f, 42, List.of("a")));
    }

    @Test
    void refusalsNameTheFieldWhatWasFoundAndWhatWasExpected() {
        refused("maxTokens: found 0, expected 1 to 2047", () -> DEFAULT.withMaxTokens(0));
        refused("maxTokens: found 2048, expected 1 to 2047", () -> DEFAULT.withMaxTokens(2048));
        refused("temperature: found -0.1, expected 0 to 100", () -> DEFAULT.withTemperature(-0.1f));
        refused("temperature: found NaN, expected 0 to 100", () -> DEFAULT.withTemperature(Float.NaN));
        refused("temperature: found Infinity, expected 0 to 100", () -> DEFAULT.withTemperature(Float.POSITIVE_INFINITY));
        refused("topK: found -1, expected 0 or more", () -> DEFAULT.withTopK(-1));
        refused("topP: found 0.0, expected above 0, at most 1", () -> DEFAULT.withTopP(0));
        refused("topP: found NaN, expected above 0, at most 1", () -> DEFAULT.withTopP(Float.NaN));
        refused("topP: found 1.5, expected above 0, at most 1", () -> DEFAULT.withTopP(1.5f));
        refused("stop: found 17 texts, expected at most 16", () -> DEFAULT.withStop(Collections.nCopies(17, "a")));
        refused("stop[1]: found 0 characters, expected 1 to 256", () -> DEFAULT.withStop(List.of("a", "")));
        refused("stop[0]: found 257 characters, expected 1 to 256", () -> DEFAULT.withStop(List.of("a".repeat(257))));
        refused("stop[0]: found a lone surrogate, expected whole characters", () -> DEFAULT.withStop(List.of("a\uD83D")));
    }

    private static void refused(String message, Runnable options) {
        assertThatIllegalArgumentException().isThrownBy(options::run).withMessage(message);
    }
}
