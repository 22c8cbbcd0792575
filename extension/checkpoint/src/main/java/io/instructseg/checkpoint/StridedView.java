package io.instructseg.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the elements of a tensor lie in a file.
 *
 * @param shape the dimensions, outermost first
 * @param strides for each dimension, the elements from one index to the next
 * @param start the position of the first element in the file, in bytes
 */
record StridedView(DataType dataType, List<Long> shape, List<Long> strides, long start) {

    /** PyTorch has no tensors with more. */
    static final int MOST_DIMENSIONS = 64;

    /** A tensor in row-major order. The caller has checked its size with {@link #bytes}. */
    static StridedView contiguous(DataType dataType, List<Long> shape, long start) {
        List<Long> strides = new ArrayList<>(shape);
        long stride = 1;
        for (int d = shape.size() - 1; d >= 0; d--) {
            strides.set(d, stride);
            stride *= Math.max(1, shape.get(d));
        }
        return new StridedView(dataType, shape, strides, start);
    }

    /**
     * The size of a tensor in bytes, or -1 if there can't be such a tensor because it overflows a {@code long} or has a
     * negative dimension.
     */
    static long bytes(DataType dataType, List<Long> shape) {
        for (long dimension : shape) {
            if (dimension < 0) {
                return -1;
            }
        }
        try {
            return Math.multiplyExact(TensorInfo.elements(shape), (long) dataType.byteSize());
        } catch (ArithmeticException e) {
            return -1;
        }
    }

    long bytes() {
        return bytes(dataType, shape);
    }

    /**
     * The number of innermost dimensions that lie in the file in row-major order without gaps: all of them for a
     * contiguous tensor.
     */
    int contiguousDimensions() {
        long run = 1;
        for (int d = shape.size() - 1; d >= 0; d--) {
            if (shape.get(d) != 1 && strides.get(d) != run) {
                return shape.size() - 1 - d;
            }
            run *= shape.get(d);
        }
        return shape.size();
    }

    boolean isContiguous() {
        return contiguousDimensions() == shape.size();
    }
}
