package io.instructseg.model.graph;

import java.util.List;

import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

import io.instructseg.format.Precision;

/**
 * A weight that the graph needs.
 *
 * @param name its name in the checkpoint, and the name of the resource variable
 * @param checkpointShape its shape there
 * @param layout how it lies in the graph
 * @param precision element type of the variable
 */
public record Weight(String name, List<Long> checkpointShape, Layout layout, Precision precision) {

    /** Shape of the variable. */
    public List<Long> shape() {
        return layout.apply(checkpointShape);
    }

    /** Elements, in the checkpoint and in the graph. */
    public long elements() {
        return checkpointShape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Size of the variable. */
    public long bytes() {
        return Math.multiplyExact(elements(), (long) precision.bytes());
    }

    /** Element type of the variable. */
    public Class<? extends TNumber> type() {
        return type(precision);
    }

    static Class<? extends TNumber> type(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> TFloat32.class;
            case BFLOAT16 -> TBfloat16.class;
            case FLOAT16 -> TFloat16.class;
        };
    }
}
