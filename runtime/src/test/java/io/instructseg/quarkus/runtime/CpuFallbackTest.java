package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.session.Device;
import io.instructseg.engine.session.ModelException;
import io.instructseg.engine.session.Placement;

class CpuFallbackTest {

    private static final Device GPU = Device.of("gpu:0");

    private final CpuFallback fallback = new CpuFallback(() -> "libcuda.so.1 is missing");

    @Test
    void theReasonIsToldOnce() throws ModelException {
        assertThat(loaded(Placement.AUTO, Device.CPU))
                .containsExactly("INFO INSTRUCTSEG0007: There is no GPU, device=auto is the CPU: libcuda.so.1 is missing");
        assertThat(loaded(Placement.AUTO, Device.CPU)).isEmpty();
    }

    @Test
    void alsoIfItIsOneModulesReason() throws ModelException {
        assertThat(loaded(Placement.of("cpu", Map.of("reason", "auto")), Device.CPU)).hasSize(1);
    }

    @Test
    void whoAsksForTheCpuOrGetsAGpuIsToldNothing() throws ModelException {
        assertThat(loaded(Placement.of("cpu"), Device.CPU)).isEmpty();
        assertThat(loaded(Placement.AUTO, Device.CPU, GPU)).isEmpty();
        assertThat(loaded(Placement.of("auto", Map.of("reason", "cpu")), Device.CPU, GPU)).isEmpty();
    }

    private Iterable<String> loaded(Placement placement, Device... available) throws ModelException {
        try (LoggedMessages messages = new LoggedMessages()) {
            fallback.loaded(placement, placement.resolve(Set.of(available)));
            return messages.all();
        }
    }
}
