package io.instructseg.model.graph;

import java.util.ArrayList;
import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Shapes of which some sizes are known when the graph is built and the others when it runs. */
public final class Shapes {

    private Shapes() {
    }

    /** Size of an axis that only a run knows, as a scalar; negative axes count from the end. */
    public static Operand<TInt32> size(Ops tf, Operand<?> x, int axis) {
        int index = axis < 0 ? axis + x.shape().numDimensions() : axis;
        long known = x.shape().get(index);
        if (known != Shape.UNKNOWN_SIZE) {
            return tf.constant(Math.toIntExact(known));
        }
        return tf.gather(tf.shape(x), tf.constant(index), tf.constant(0));
    }

    /** Size of an axis that the graph itself determines; negative axes count from the end. */
    public static int known(Operand<?> x, int axis) {
        int index = axis < 0 ? axis + x.shape().numDimensions() : axis;
        long size = x.shape().get(index);
        if (size == Shape.UNKNOWN_SIZE) {
            throw new IllegalStateException("axis " + axis + " of " + x.op().name() + " is unknown: " + x.shape());
        }
        return Math.toIntExact(size);
    }

    /** A shape of {@code Integer}s (-1 at most once: what remains) and scalar {@code Operand}s. */
    public static Operand<TInt32> of(Ops tf, Object... sizes) {
        int[] constants = new int[sizes.length];
        List<Operand<TInt32>> operands = new ArrayList<>();
        boolean constant = true;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] instanceof Integer size) {
                constants[i] = size;
                operands.add(tf.constant(size));
            } else {
                constant = false;
                operands.add(scalar(sizes[i]));
            }
        }
        return constant ? tf.constant(constants) : tf.stack(operands);
    }

    /** Reshapes to {@link #of} the sizes. */
    public static <T extends TType> Operand<T> reshape(Ops tf, Operand<T> x, Object... sizes) {
        return tf.reshape(x, of(tf, sizes));
    }

    /** Reorders the axes. */
    public static <T extends TType> Operand<T> transpose(Ops tf, Operand<T> x, int... axes) {
        return tf.linalg.transpose(x, tf.constant(axes));
    }

    @SuppressWarnings("unchecked")
    private static Operand<TInt32> scalar(Object size) {
        return (Operand<TInt32>) size;
    }
}
