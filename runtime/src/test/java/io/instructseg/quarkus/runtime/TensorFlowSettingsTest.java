package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.instructseg.engine.session.TensorFlowOptions;
import io.quarkus.runtime.configuration.ConfigurationException;

class TensorFlowSettingsTest {

    private static final String PREFIX = "quarkus.instructseg.tensorflow.";

    @Test
    void everythingCanBeSet() {
        assertThat(options(Map.of(PREFIX + "inter-op-threads", "2", PREFIX + "intra-op-threads", "3",
                PREFIX + "gpu-memory-fraction", "0.5", PREFIX + "gpu-memory-growth", "true", PREFIX + "visible-gpus", "2,0",
                PREFIX + "logical-cpus", "4")))
                .isEqualTo(new TensorFlowOptions(OptionalInt.of(2), OptionalInt.of(3), OptionalDouble.of(0.5), true,
                        Optional.of("2,0"), 4));
        assertThat(options(Map.of())).isEqualTo(TensorFlowOptions.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "inter-op-threads | 0 | 1 to 4096", "intra-op-threads | -1 | 1 to 4096",
            "gpu-memory-fraction | 2.0 | a number above 0 and up to 1",
            "gpu-memory-fraction | NaN | a number above 0 and up to 1",
            "visible-gpus | abc | different numbers of GPUs such as 0,2",
            "visible-gpus | 0,0 | different numbers of GPUs such as 0,2", "logical-cpus | 0 | 1 to 64" })
    void whatMakesNoSenseIsRefusedByName(String name, String value, String expected) {
        assertThatThrownBy(() -> options(Map.of(PREFIX + name, value))).isInstanceOf(ConfigurationException.class)
                .hasMessage(PREFIX + name + " is " + value + ", expected " + expected);
    }

    @ParameterizedTest
    @CsvSource({ "inter-op-threads, two", "gpu-memory-growth, perhaps", "logical-cpus, 1.5", "gpu-memory-fraction, half" })
    void whatIsNoValueIsRefusedByName(String name, String value) {
        assertThatThrownBy(() -> options(Map.of(PREFIX + name, value))).hasMessageContaining(PREFIX + name)
                .hasMessageContaining(value);
    }

    private static TensorFlowOptions options(Map<String, String> properties) {
        return TensorFlowSettings.of(TestConfig.of(properties).tensorflow());
    }
}
