package io.instructseg.model.mask2former;

import java.util.ArrayList;
import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.model.graph.Shapes;

/**
 * Weighted sums of a pyramid's values, read bilinearly at any place, with zeros around the maps (official
 * {@code ms_deform_attn_core_pytorch}: {@code grid_sample} with {@code align_corners=False}).
 * <p>
 * A place is clamped to the pixel centres of a frame of zeros around its map: further out everything is zero as well. The four
 * pixels about a place then always exist and lie side by side in one row of a table, so that a place costs one look-up. The
 * levels follow each other, as their gathered values are the model's largest tensors.
 */
final class DeformableSampling {

    private final Ops tf;
    private final List<Integer> sides;
    private final int heads;
    private final int headSize;
    private final int points;

    DeformableSampling(Ops tf, List<Integer> sides, int heads, int headSize, int points) {
        this.tf = tf;
        this.sides = sides;
        this.heads = heads;
        this.headSize = headSize;
        this.points = points;
    }

    /**
     * @param values the levels' maps, one after the other: {@code [b, sum of side * side, heads, d]}
     * @param locations x and y, 0 to 1 over each map: {@code [b, q, heads, levels, points, 2]}
     * @param weights {@code [b, q, heads, levels, points]}
     * @return {@code [b, q, heads * d]}
     */
    Operand<TFloat32> sample(Operand<TFloat32> values, Operand<TFloat32> locations, Operand<TFloat32> weights) {
        Operand<TFloat32> sum = null;
        int start = 0;
        for (int level = 0; level < sides.size(); level++) {
            int side = sides.get(level);
            Ops ops = sum == null ? tf : tf.withControlDependencies(sum);
            Operand<TFloat32> map = tf.slice(values, tf.constant(new int[] { 0, start, 0, 0 }),
                    tf.constant(new int[] { -1, side * side, -1, -1 }));
            Operand<TFloat32> sampled = sample(ops, windows(map, side), side, level(locations, level), level(weights, level));
            sum = sum == null ? sampled : tf.math.add(sum, sampled);
            start += side * side;
        }
        return Shapes.reshape(tf, sum, -1, Shapes.known(locations, 1), heads * headSize);
    }

    /** {@code [b, q, heads, levels, ..]} to {@code [b, q, heads, ..]}. */
    private Operand<TFloat32> level(Operand<TFloat32> x, int level) {
        return tf.gather(x, tf.constant(level), tf.constant(3));
    }

    /**
     * The 2x2 windows of a map with a frame of zeros: {@code [b, side * side, heads, d]} to
     * {@code [b, (side + 1) * (side + 1) * heads, 4 * d]}.
     */
    private Operand<TFloat32> windows(Operand<TFloat32> map, int side) {
        Operand<TFloat32> square = Shapes.reshape(tf, map, -1, side, side, heads, headSize);
        Operand<TFloat32> framed = tf.pad(square, tf.constant(new int[][] { { 0, 0 }, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 0, 0 } }),
                tf.constant(0f));
        List<Operand<TFloat32>> corners = new ArrayList<>();
        for (int corner = 0; corner < 4; corner++) {
            corners.add(tf.slice(framed, tf.constant(new int[] { 0, corner / 2, corner % 2, 0, 0 }),
                    tf.constant(new int[] { -1, side + 1, side + 1, -1, -1 })));
        }
        return Shapes.reshape(tf, tf.concat(corners, tf.constant(4)), -1, (side + 1) * (side + 1) * heads, 4 * headSize);
    }

    /** One level: {@code locations [b, q, heads, points, 2]}, {@code weights [b, q, heads, points]}. */
    private Operand<TFloat32> sample(Ops ordered, Operand<TFloat32> windows, int side, Operand<TFloat32> locations,
            Operand<TFloat32> weights) {
        Operand<TFloat32> pixels = tf.math.sub(tf.math.mul(locations, tf.constant((float) side)), tf.constant(0.5f));
        Operand<TFloat32> clamped = tf.clipByValue(pixels, tf.constant(-1f), tf.constant((float) side));
        Operand<TFloat32> corner = tf.math.minimum(tf.math.floor(clamped), tf.constant(side - 1f));
        List<Output<TFloat32>> fractions = tf.unstack(tf.math.sub(clamped, corner), 2L, Unstack.axis(-1L)).output();
        Operand<TInt32> rows = rows(corner, side);
        int queries = Shapes.known(locations, 1);
        Operand<TFloat32> gathered = ordered.gather(windows, Shapes.reshape(tf, rows, -1, queries * heads * points),
                tf.constant(1), Gather.batchDims(1L));
        // [b, q * heads * points, 4 * d] to [b * q * heads, points * 4, d]
        Operand<TFloat32> samples = Shapes.reshape(tf, gathered, -1, points * 4, headSize);
        Operand<TFloat32> factors = Shapes.reshape(tf, corners(fractions.get(0), fractions.get(1), weights), -1, 1, points * 4);
        return tf.train.batchMatMul(factors, samples, TFloat32.class);
    }

    /** Rows of {@link #windows}: corners {@code [b, q, heads, points, 2]}, from -1, to {@code [b, q, heads, points]}. */
    private Operand<TInt32> rows(Operand<TFloat32> corner, int side) {
        List<Output<TInt32>> xy = tf.unstack(tf.dtypes.cast(corner, TInt32.class), 2L, Unstack.axis(-1L)).output();
        Operand<TInt32> pixel = tf.math.add(tf.math.mul(xy.get(1), tf.constant(side + 1)), xy.get(0));
        int[] offsets = new int[heads];
        for (int head = 0; head < heads; head++) {
            offsets[head] = (side + 2) * heads + head;
        }
        Operand<TInt32> head = Shapes.reshape(tf, tf.constant(offsets), heads, 1);
        return tf.math.add(tf.math.mul(pixel, tf.constant(heads)), head);
    }

    /** Shares of a window's pixels times the weight: {@code [b, q, heads, points, 4]}. */
    private Operand<TFloat32> corners(Operand<TFloat32> x, Operand<TFloat32> y, Operand<TFloat32> weights) {
        Operand<TFloat32> lower = tf.math.mul(y, weights);
        Operand<TFloat32> upper = tf.math.sub(weights, lower);
        Operand<TFloat32> upperRight = tf.math.mul(x, upper);
        Operand<TFloat32> lowerRight = tf.math.mul(x, lower);
        return tf.stack(List.of(tf.math.sub(upper, upperRight), upperRight, tf.math.sub(lower, lowerRight), lowerRight),
                Stack.axis(-1L));
    }
}
