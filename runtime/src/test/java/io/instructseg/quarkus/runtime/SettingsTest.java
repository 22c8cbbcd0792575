package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.text.Task;
import io.instructseg.engine.video.VideoLimits;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;

class SettingsTest {

    @Test
    void nothingHasToBeSet() {
        assertThat(Settings.of(ModelNames.DEFAULT, config(Map.of())))
                .isEqualTo(new Settings(Task.REFERRING, 0, new ImageLimits(32 << 20, 64_000_000), 64, Optional.empty(),
                        new Settings.Videos(VideoLimits.DEFAULT, 4), new Settings.Answers(1024, 4), true));
    }

    @Test
    void everythingCanBeSet() {
        assertThat(Settings.of(ModelNames.DEFAULT,
                config(map("quarkus.instructseg.task", "reasoning", "quarkus.instructseg.threshold", "0.25",
                        "quarkus.instructseg.image.max-bytes", "3K", "quarkus.instructseg.image.max-pixels", "640000",
                        "quarkus.instructseg.queue.size", "2", "quarkus.instructseg.deadline", "5S",
                        "quarkus.instructseg.video.max-frames", "7", "quarkus.instructseg.video.max-duration", "3M",
                        "quarkus.instructseg.video.max-pixels", "99", "quarkus.instructseg.video.max-bytes", "1M",
                        "quarkus.instructseg.video.concurrency", "9",
                        "quarkus.instructseg.answers.max-tokens", "100", "quarkus.instructseg.answers.concurrency", "3",
                        "quarkus.instructseg.memory-check", "false"))))
                .isEqualTo(new Settings(Task.REASONING, 0.25, new ImageLimits(3 << 10, 640_000), 2,
                        Optional.of(Duration.ofSeconds(5)),
                        new Settings.Videos(new VideoLimits(7, Duration.ofMinutes(3), 99, 1 << 20), 9),
                        new Settings.Answers(100, 3), false));
    }

    @ParameterizedTest
    @CsvSource({ "threshold, 1.01, is 1.01, 0 to 1", "threshold, -0.1, is -0.1, 0 to 1", "threshold, NaN, is NaN, 0 to 1",
            "image.max-bytes, 0, is 0, at least 1", "image.max-pixels, -3, is -3, at least 1",
            "queue.size, 0, is 0, at least 1", "video.max-frames, 0, is 0, at least 1",
            "video.max-duration, 0S, is PT0S, more than nothing", "video.max-pixels, 0, is 0, at least 1",
            "video.max-bytes, 0, is 0, at least 1", "video.concurrency, 0, is 0, at least 1",
            "answers.max-tokens, 0, is 0, 1 to 2047", "answers.max-tokens, 2048, is 2048, 1 to 2047",
            "answers.concurrency, 0, is 0, at least 1",
            "deadline, 0S, is PT0S, more than nothing" })
    void whatMakesNoSenseIsRefusedByName(String name, String value, String found, String expected) {
        String property = "quarkus.instructseg." + name;
        assertThatThrownBy(() -> Settings.of(ModelNames.DEFAULT, config(Map.of(property, value))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(property + " " + found + ", expected " + expected);
    }

    @Test
    void whoSaysNothingGetsNoMoreTokensThanAllowed() {
        assertThat(new Settings.Answers(100, 1).byDefault()).isEqualTo(GenerationOptions.DEFAULT.withMaxTokens(100));
        assertThat(new Settings.Answers(1024, 1).byDefault()).isEqualTo(GenerationOptions.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "shutdown-timeout | -5S | is PT-5S, expected 0S, which is not to wait, or more",
            "hung-after | 0S | is PT0S, expected more than nothing",
            "hung-after | -1M | is PT-1M, expected more than nothing" })
    void whatHoldsForAllModelsIsCheckedToo(String name, String value, String message) {
        String property = "quarkus.instructseg." + name;
        assertThatThrownBy(() -> Settings.check(TestConfig.of(Map.of(property, value))))
                .isInstanceOf(ConfigurationException.class).hasMessage(property + " " + message);
    }

    @ParameterizedTest
    @CsvSource({ "active, perhaps", "deadline, soon", "shutdown-timeout, long", "hung-after, ever", "image.max-pixels, many",
            "task, drawing", "threshold, half", "image.max-bytes, many", "queue.size, 1.5" })
    void whatIsNoValueIsRefusedByName(String name, String value) {
        String property = "quarkus.instructseg." + name;
        assertThatThrownBy(() -> Settings.of(ModelNames.DEFAULT, config(Map.of(property, value))))
                .hasMessageContaining(property)
                .hasMessageContaining(value);
    }

    @ParameterizedTest
    @ValueSource(strings = { "endpoint", "health", "metrics", "tracing", "messaging" })
    void aSwitchIsOnOrOff(String capability) {
        String property = "quarkus.instructseg." + capability + ".enabled";
        assertThatThrownBy(() -> new SmallRyeConfigBuilder().withMapping(InstructSegBuildTimeConfig.class)
                .withSources(new PropertiesConfigSource(Map.of(property, "ture"), "test", 100)).build())
                .hasMessageContaining(property).hasMessageContaining("found 'ture', expected true or false");
    }

    private static Map<String, String> map(String... entries) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(entries[i], entries[i + 1]);
        }
        return map;
    }

    private static ModelConfig config(Map<String, String> values) {
        return TestConfig.model(ModelNames.DEFAULT, values);
    }
}
