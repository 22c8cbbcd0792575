package io.instructseg.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * A tensor of a checkpoint, without its elements.
 *
 * @param name the name in the state dict
 * @param dataType the type of the elements in the file
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param file the weight file that holds it
 */
public record TensorInfo(String name, DataType dataType, List<Long> shape, Path file) {

    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /**
     * The number of elements: 1 for a scalar, 0 if any dimension is 0.
     *
     * @throws ArithmeticException if it exceeds a {@code long}, which no tensor of an open checkpoint does
     */
    public long elements() {
        return elements(shape);
    }

    /**
     * The size of the elements in bytes.
     *
     * @throws ArithmeticException if it exceeds a {@code long}, which no tensor of an open checkpoint does
     */
    public long bytes() {
        return Math.multiplyExact(elements(), (long) dataType.byteSize());
    }

    static long elements(List<Long> shape) {
        if (shape.contains(0L)) {
            return 0;
        }
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        return elements;
    }
}
