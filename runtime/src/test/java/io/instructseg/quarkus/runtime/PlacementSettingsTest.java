package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.instructseg.engine.session.Device;
import io.instructseg.engine.session.Placement;
import io.quarkus.runtime.configuration.ConfigurationException;

class PlacementSettingsTest {

    private static final String STREET = "quarkus.instructseg.\"street\".";

    @Test
    void withoutConfigurationTensorFlowPlacesOneReplica() {
        assertThat(PlacementSettings.replicas("street", TestConfig.model("street", Map.of()))).containsExactly(Placement.AUTO);
    }

    @Test
    void aReplicaForEachDevice() {
        assertThat(PlacementSettings.replicas("street", TestConfig.model("street", Map.of(STREET + "replicas", "gpu:1,gpu"))))
                .containsExactly(Placement.of("gpu:1"), Placement.of("gpu:0"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "replicas=gpu:0,gpu:0   | replicas | found gpu:0,gpu:0, expected devices that differ",
            "replicas=gpu,gpu:0     | replicas | found gpu,gpu:0, expected devices that differ",
            "replicas=gpu:0,auto    | replicas | found gpu:0,auto, expected devices that differ",
            "replicas=tpu           | replicas | found 'tpu', expected",
            "replicas=gpu:0,gpu:1;device=gpu:2           | replicas | found it together with device, expected one of the two",
            "replicas=gpu:0,gpu:1;devices.reason=gpu:2   | replicas | found it together with devices, expected one of the two",
            "device=tpu             | device   | found 'tpu', expected auto, cpu, gpu",
            "devices.reasn=cpu      | devices.reasn  | module reasn: no such module, expected one of encode_vision",
            "devices.reason=gpu:x   | devices.reason | module reason: found 'gpu:x', expected auto, cpu, gpu",
            "device=npu;devices.reason=cpu | device | found 'npu', expected auto, cpu, gpu" })
    void whatMakesNoSenseIsRefusedByName(String settings, String property, String message) {
        Map<String, String> values = new HashMap<>();
        for (String setting : settings.split(";")) {
            String[] parts = setting.split("=");
            values.put(STREET + parts[0], parts[1]);
        }
        ModelConfig config = TestConfig.model("street", values);
        assertThatThrownBy(() -> PlacementSettings.replicas("street", config)).isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(STREET + property + ": ").hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({ "cpu:1, false, reason, cpu, device", "cpu, false, reason, cpu:2, devices.reason",
            "cpu:1, true, , , replicas" })
    void aDeviceThatIsMissingIsRefusedByItsProperty(String device, boolean replicated, String module, String its,
            String property) {
        Placement replica = Placement.of(device, module == null ? Map.of() : Map.of(module, its));
        assertThatThrownBy(() -> PlacementSettings.devices("street", replicated, replica, Set.of(Device.CPU)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(STREET + property + ": there is no device cpu:")
                .hasMessageContaining("TensorFlow has cpu:0");
    }
}
