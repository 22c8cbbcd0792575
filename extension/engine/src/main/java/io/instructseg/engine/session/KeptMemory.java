package io.instructseg.engine.session;

import java.util.concurrent.atomic.AtomicLong;

import org.bytedeco.javacpp.Pointer;

/**
 * What TensorFlow's allocator keeps of models that were freed: the next one takes it, but the system doesn't count it as free.
 */
final class KeptMemory {

    private static final AtomicLong BYTES = new AtomicLong();

    private KeptMemory() {
    }

    static long bytes() {
        return BYTES.get();
    }

    /**
     * Frees weights: what the system then doesn't have back is kept.
     *
     * @param weights bytes of them in the host's memory
     */
    static void free(long weights, Runnable close) {
        long before = Pointer.physicalBytes();
        close.run();
        long returned = Math.max(0, before - Pointer.physicalBytes());
        BYTES.addAndGet(Math.max(0, weights - returned));
    }

    /** So many bytes of weights are in memory again. */
    static void take(long weights) {
        BYTES.updateAndGet(kept -> Math.max(0, kept - weights));
    }
}
