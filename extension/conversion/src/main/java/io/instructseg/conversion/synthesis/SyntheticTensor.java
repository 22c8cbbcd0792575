package io.instructseg.conversion.synthesis;

import java.nio.ByteBuffer;
import java.util.List;

import io.instructseg.checkpoint.DataType;

/** A tensor to make up: its name, shape and element type in the checkpoint, and what its elements are. */
record SyntheticTensor(String name, List<Long> shape, DataType dataType, Elements elements) {

    /** The elements of a tensor, each a function of its index: any part can be made at any time, on any thread. */
    @FunctionalInterface
    interface Elements {

        /** Puts the elements from {@code first} on, which is even, until the buffer is full. */
        void fill(ByteBuffer target, long first);
    }

    long count() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    long bytes() {
        return Math.multiplyExact(count(), (long) dataType.byteSize());
    }
}
