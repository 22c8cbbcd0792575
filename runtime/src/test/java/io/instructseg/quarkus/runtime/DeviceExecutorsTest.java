package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.session.Device;

class DeviceExecutorsTest {

    @Test
    void modelsOnDifferentDevicesHaveAThreadEach() {
        List<Set<Device>> needs = List.of(devices("gpu:0"), devices("gpu:1"), devices("gpu:0"));
        assertThat(DeviceExecutors.groups(needs)).containsExactlyInAnyOrder(devices("gpu:0"), devices("gpu:1"));
        try (DeviceExecutors executors = new DeviceExecutors(needs, new QueueLock())) {
            assertThat(executors.of(devices("gpu:0"))).isNotSameAs(executors.of(devices("gpu:1")));
        }
    }

    @Test
    void aModelThatNeedsSeveralDevicesJoinsThem() {
        assertThat(DeviceExecutors
                .groups(List.of(devices("gpu:0"), devices("gpu:1"), devices("gpu:2"), devices("gpu:0", "gpu:2"))))
                .containsExactlyInAnyOrder(devices("gpu:1"), devices("gpu:0", "gpu:2"));
        assertThat(DeviceExecutors
                .groups(List.of(devices("gpu:0", "gpu:1"), devices("gpu:2", "gpu:3"), devices("gpu:1", "gpu:2"))))
                .containsExactly(devices("gpu:0", "gpu:1", "gpu:2", "gpu:3"));
    }

    @Test
    void modelsThatTensorFlowPlacesShareAThread() {
        try (DeviceExecutors executors = new DeviceExecutors(List.of(devices()), new QueueLock())) {
            assertThat(executors.of(devices())).isNotNull();
        }
    }

    private static Set<Device> devices(String... names) {
        return Arrays.stream(names).map(Device::of).collect(Collectors.toSet());
    }
}
