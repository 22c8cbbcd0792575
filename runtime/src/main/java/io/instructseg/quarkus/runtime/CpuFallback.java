package io.instructseg.quarkus.runtime;

import static io.instructseg.quarkus.runtime.InstructSegLog.LOG;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.instructseg.engine.session.Device;
import io.instructseg.engine.session.Devices;
import io.instructseg.engine.session.Placement;
import io.instructseg.format.Signature;

/** Says why models that may run on a GPU run on the CPU: once, since the reason is the machine's. */
final class CpuFallback {

    static final CpuFallback INSTANCE = new CpuFallback(Devices::whyNoGpu);

    private final Supplier<String> reason;
    private final AtomicBoolean told = new AtomicBoolean();

    CpuFallback(Supplier<String> reason) {
        this.reason = reason;
    }

    /** @param devices what became of the placement */
    void loaded(Placement placement, Map<Signature, Device> devices) {
        boolean fellBack = devices.entrySet().stream()
                .anyMatch(entry -> placement.wanted(entry.getKey()).isEmpty() && entry.getValue().type() == Device.Type.CPU);
        if (fellBack && told.compareAndSet(false, true)) {
            LOG.noGpu(reason.get());
        }
    }
}
