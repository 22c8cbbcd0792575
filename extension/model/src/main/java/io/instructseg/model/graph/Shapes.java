package io.instructseg.model.graph;

import java.util.ArrayList;
import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
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

    /** Sizes of all axes, for {@link #of}: {@code Integer}s where the graph determines them. */
    public static Object[] sizes(Ops tf, Operand<?> x) {
        Object[] sizes = new Object[x.shape().numDimensions()];
        for (int axis = 0; axis < sizes.length; axis++) {
            boolean unknown = x.shape().get(axis) == Shape.UNKNOWN_SIZE;
            sizes[axis] = unknown ? size(tf, x, axis) : Integer.valueOf(known(x, axis));
        }
        return sizes;
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

    /** Repeats the single row of {@code [1, ..]}, or leaves as they are the rows that there are. */
    public static <T extends TType> Operand<T> broadcastRows(Ops tf, Operand<T> x, Operand<TInt32> rows) {
        Object[] shape = sizes(tf, x);
        shape[0] = rows;
        return tf.broadcastTo(x, of(tf, shape));
    }

    /** {@code count} places on axis 1 of {@code [b, n, c]} from {@code start} on; both {@code Integer} or {@code Operand}. */
    public static <T extends TType> Operand<T> rows(Ops tf, Operand<T> x, Object start, Object count) {
        return tf.slice(x, of(tf, 0, start, 0), of(tf, -1, count, -1));
    }

    /** Equal parts of the last axis. */
    public static <T extends TType> List<Operand<T>> split(Ops tf, Operand<T> x, int parts) {
        return List.copyOf(tf.split(tf.constant(x.shape().numDimensions() - 1), x, (long) parts).output());
    }

    /** Whether each place on axis 1 of {@code [b, n, ..]} is within its row's length: {@code [b, n]}. */
    public static Operand<TBool> within(Ops tf, Operand<?> x, Operand<TInt32> lengths) {
        Operand<TInt32> places = tf.range(tf.constant(0), size(tf, x, 1), tf.constant(1));
        return tf.math.less(tf.expandDims(places, tf.constant(0)), tf.expandDims(lengths, tf.constant(1)));
    }

    /** {@code [b, n]} with zeros beyond each row's length. */
    public static Operand<TInt32> zeroBeyond(Ops tf, Operand<TInt32> x, Operand<TInt32> lengths) {
        return tf.select(within(tf, x, lengths), x, tf.constant(0));
    }

    @SuppressWarnings("unchecked")
    private static Operand<TInt32> scalar(Object size) {
        return (Operand<TInt32>) size;
    }
}
