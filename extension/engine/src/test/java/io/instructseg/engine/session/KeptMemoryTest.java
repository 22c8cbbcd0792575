package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

import io.instructseg.tensorflow.JavaCpp;

class KeptMemoryTest {

    private static final long BYTES = 512L << 20;
    /** What else the process may take or give back meanwhile. */
    private static final long NOISE = 128L << 20;

    @Test
    void whatTheSystemDoesNotHaveBackIsKeptUntilItIsTaken() {
        JavaCpp.liftMemoryLimit();
        long before = KeptMemory.bytes();
        KeptMemory.free(BYTES, () -> {
            // TensorFlow keeps it
        });
        long kept = KeptMemory.bytes() - before;
        assertThat(kept).isBetween(BYTES - NOISE, BYTES);
        KeptMemory.take(kept);
        assertThat(KeptMemory.bytes()).isEqualTo(before);
        KeptMemory.take(Long.MAX_VALUE);
        assertThat(KeptMemory.bytes()).isZero();
    }

    @Test
    void whatTheSystemHasBackIsNot() {
        JavaCpp.liftMemoryLimit();
        long before = KeptMemory.bytes();
        BytePointer weights = new BytePointer(BYTES);
        Pointer.memset(weights, 1, BYTES);
        KeptMemory.free(BYTES, weights::deallocate);
        assertThat(KeptMemory.bytes() - before).isBetween(0L, NOISE);
    }
}
