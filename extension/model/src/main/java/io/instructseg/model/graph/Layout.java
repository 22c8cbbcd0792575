package io.instructseg.model.graph;

import java.util.List;

/** How a weight lies in the graph, seen from PyTorch's layout of it. */
public enum Layout {

    /** As in the checkpoint; of a linear layer, {@code [out, in]}. */
    SAME,
    /** A linear layer's {@code [out, in]} becomes {@code [in, out]}. */
    LINEAR,
    /** A 1x1 convolution's {@code [out, in, 1, 1]} becomes a linear layer's {@code [in, out]}. */
    POINTWISE,
    /** A convolution's {@code [out, in, height, width]} becomes {@code [height, width, in, out]}. */
    CONVOLUTION;

    /** The shape in the graph of a weight that has this shape in the checkpoint. */
    public List<Long> apply(List<Long> shape) {
        return switch (this) {
            case SAME -> shape;
            case LINEAR, POINTWISE -> List.of(shape.get(1), shape.get(0));
            case CONVOLUTION -> List.of(shape.get(2), shape.get(3), shape.get(1), shape.get(0));
        };
    }
}
