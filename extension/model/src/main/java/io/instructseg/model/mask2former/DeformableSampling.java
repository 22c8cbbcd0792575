package io.instructseg.model.mask2former;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

import io.instructseg.model.graph.OuterSum;
import io.instructseg.model.graph.Shapes;

/**
 * Weighted sums of a pyramid's values, read bilinearly at any place, with zeros around the maps (official
 * {@code ms_deform_attn_core_pytorch}: {@code grid_sample} with {@code align_corners=False}).
 * <p>
 * A place is clamped to the pixel centres of a frame of zeros around its map: further out everything is zero as well. The four
 * pixels about a place then always exist and lie side by side in one row of a table, so that a place costs one look-up. What
 * was looked up is large, hence it is summed some queries at a time, while it is in the processor's cache.
 */
final class DeformableSampling {

    /** Of what is looked up at once. Measured: docs/performance.md. */
    private static final long CHUNK_BYTES = 16 << 20;
    /** Of a layer, as many as the official sizes need: larger models look up more at once, or their graphs would be huge. */
    private static final int MOST_CHUNKS = 64;

    private final Ops tf;
    private final List<Integer> sides;
    private final int heads;
    private final int headSize;
    private final int points;
    /** Places of a query and head: the points of all levels. */
    private final int places;
    private final int queriesAtOnce;
    private final Operand<TInt32> one;
    private final Operand<TInt32> windowRows;

    /**
     * @param sides of the levels' square maps
     * @param headSize d
     * @param points of each level that a query reads for a head
     */
    DeformableSampling(Ops tf, List<Integer> sides, int heads, int headSize, int points) {
        this(tf, sides, heads, headSize, points, CHUNK_BYTES);
    }

    DeformableSampling(Ops tf, List<Integer> sides, int heads, int headSize, int points, long chunkBytes) {
        this.tf = tf;
        this.sides = sides;
        this.heads = heads;
        this.headSize = headSize;
        this.points = points;
        this.places = sides.size() * points;
        this.queriesAtOnce = (int) Math.max(1, chunkBytes / (4L * Float.BYTES * heads * places * headSize));
        this.one = tf.constant(1);
        this.windowRows = windowRows();
    }

    List<Integer> sides() {
        return sides;
    }

    /**
     * @param values the levels' maps, one after the other: {@code [b, sum of side * side, heads, d]}
     * @param locations x and y, 0 to 1 over each map: {@code [b, q, heads, levels, points, 2]}
     * @param weights {@code [b, q, heads, levels, points]}
     * @return {@code [b, q, heads * d]}
     */
    Operand<TFloat32> sample(Operand<TFloat32> values, Operand<TFloat32> locations, Operand<TFloat32> weights) {
        int queries = Shapes.known(locations, 1);
        List<Output<TFloat32>> xy = tf
                .unstack(Shapes.reshape(tf, locations, -1, queries, heads, places, 2), 2L, Unstack.axis(-1L)).output();
        Place x = place(xy.get(0));
        Place y = place(xy.get(1));
        Operand<TFloat32> factors = factors(x, y, Shapes.reshape(tf, weights, -1, queries, heads, places));
        return sum(windows(values), rows(x, y), factors);
    }

    /**
     * Where a place lies along an axis: {@code [b, q, heads, places]} each.
     *
     * @param corner the pixel before it, from -1
     * @param fraction of the way to the next one
     */
    private record Place(Operand<TFloat32> corner, Operand<TFloat32> fraction) {
    }

    /** @param location 0 to 1 over each map {@code [b, q, heads, places]} */
    private Place place(Operand<TFloat32> location) {
        Operand<TFloat32> size = tf.dtypes.cast(tf.constant(perPlace(sides.stream().mapToInt(side -> side).toArray())),
                TFloat32.class);
        Operand<TFloat32> pixels = tf.math.sub(tf.math.mul(location, size), tf.constant(0.5f));
        Operand<TFloat32> clamped = tf.math.minimum(tf.math.maximum(pixels, tf.constant(-1f)), size);
        Operand<TFloat32> corner = tf.math.minimum(tf.math.floor(clamped), tf.math.sub(size, tf.constant(1f)));
        return new Place(corner, tf.math.sub(clamped, corner));
    }

    /** Shares of a window's pixels times the weight: {@code [b, q, heads, places * 4]}. */
    private Operand<TFloat32> factors(Place x, Place y, Operand<TFloat32> weights) {
        Operand<TFloat32> lower = tf.math.mul(y.fraction(), weights);
        Operand<TFloat32> upper = tf.math.sub(weights, lower);
        Operand<TFloat32> upperRight = tf.math.mul(x.fraction(), upper);
        Operand<TFloat32> lowerRight = tf.math.mul(x.fraction(), lower);
        Operand<TFloat32> corners = tf.stack(
                List.of(tf.math.sub(upper, upperRight), upperRight, tf.math.sub(lower, lowerRight), lowerRight),
                Stack.axis(-1L));
        return Shapes.reshape(tf, corners, -1, Shapes.known(weights, 1), heads, places * 4);
    }

    /** Rows of {@link #windows}: {@code [b, q, heads, places]}. */
    private Operand<TInt32> rows(Place x, Place y) {
        int[] pitches = sides.stream().mapToInt(side -> side + 1).toArray();
        Operand<TInt32> pixels = tf.math.add(tf.math.mul(whole(y.corner()), tf.constant(perPlace(pitches))),
                whole(x.corner()));
        int[] firsts = new int[sides.size()];
        int start = 0;
        for (int level = 0; level < firsts.length; level++) {
            // that of the corner (-1, -1) is a level's first
            firsts[level] = start + pitches[level] + 1;
            start += pitches[level] * pitches[level];
        }
        return perHead(tf.math.add(pixels, tf.constant(perPlace(firsts))));
    }

    private Operand<TInt32> whole(Operand<TFloat32> corner) {
        return tf.dtypes.cast(corner, TInt32.class);
    }

    /** Rows of pixels to those of their heads: {@code [.., heads, k]}, of one head or all, the rows of each. */
    private Operand<TInt32> perHead(Operand<TInt32> pixels) {
        Operand<TInt32> head = Shapes.reshape(tf, tf.constant(IntStream.range(0, heads).toArray()), heads, 1);
        return tf.math.add(tf.math.mul(pixels, tf.constant(heads)), head);
    }

    /**
     * The 2x2 windows of all maps, each in a frame of zeros: {@code [b, v, heads, d]} to
     * {@code [b, sum of (side + 1) * (side + 1) * heads, 4 * d]}.
     */
    private Operand<TFloat32> windows(Operand<TFloat32> values) {
        Operand<TFloat32> withZeros = tf.pad(values, tf.constant(new int[][] { { 0, 0 }, { 0, 1 }, { 0, 0 }, { 0, 0 } }),
                tf.constant(0f));
        Operand<TFloat32> rows = Shapes.reshape(tf, withZeros, -1, Shapes.known(withZeros, 1) * heads, headSize);
        // [b, windows, heads, 4, d]
        Operand<TFloat32> windows = tf.gather(rows, windowRows, tf.constant(1));
        return Shapes.reshape(tf, windows, -1, Shapes.known(windows, 1) * heads, 4 * headSize);
    }

    /** The pixels' heads that make up {@link #windows}: {@code [windows, heads, 4]}; behind all pixels are zeros. */
    private Operand<TInt32> windowRows() {
        int zeros = sides.stream().mapToInt(side -> side * side).sum();
        List<Operand<TInt32>> levels = new ArrayList<>();
        int start = 0;
        for (int side : sides) {
            int first = start;
            int[] rows = corners(side, pixel -> first + pixel * side, zeros);
            int[] columns = corners(side, pixel -> pixel, zeros);
            Operand<TInt32> pixels = tf.math.minimum(OuterSum.of(tf, rows, columns, 2), tf.constant(zeros));
            levels.add(Shapes.reshape(tf, pixels, (side + 1) * (side + 1), 1, 4));
            start += side * side;
        }
        return perHead(tf.concat(levels, tf.constant(0)));
    }

    /** Of the two pixels of each window along a side. */
    private static int[] corners(int side, IntUnaryOperator value, int outside) {
        return IntStream.range(0, 2 * (side + 1)).map(i -> i / 2 + i % 2 - 1)
                .map(pixel -> pixel < 0 || pixel == side ? outside : value.applyAsInt(pixel)).toArray();
    }

    /**
     * @param windows {@code [b, windows * heads, 4 * d]}
     * @param rows of them {@code [b, q, heads, places]}
     * @param factors {@code [b, q, heads, places * 4]}
     * @return {@code [b, q, heads * d]}
     */
    private Operand<TFloat32> sum(Operand<TFloat32> windows, Operand<TInt32> rows, Operand<TFloat32> factors) {
        int queries = Shapes.known(rows, 1);
        List<Output<TInt32>> rowChunks = chunks(Shapes.reshape(tf, rows, -1, queries * heads, places), queries);
        List<Output<TFloat32>> factorChunks = chunks(Shapes.reshape(tf, factors, -1, queries * heads, 1, places * 4), queries);
        List<Operand<TFloat32>> sums = new ArrayList<>();
        for (int i = 0; i < rowChunks.size(); i++) {
            // one after the other, or all of them could be in memory at once
            Ops ordered = sums.isEmpty() ? tf : tf.withControlDependencies(sums.get(i - 1));
            Operand<TFloat32> gathered = ordered.gather(windows, rowChunks.get(i), one, Gather.batchDims(1L));
            // [b, q * heads, places, 4 * d] to [b, q * heads, places * 4, d]
            Operand<TFloat32> samples = Shapes.reshape(tf, gathered, -1, Shapes.known(gathered, 1), places * 4, headSize);
            sums.add(tf.train.batchMatMul(factorChunks.get(i), samples, TFloat32.class));
        }
        // [b, q * heads, 1, d]
        Operand<TFloat32> all = sums.size() == 1 ? sums.get(0) : tf.concat(sums, one);
        return Shapes.reshape(tf, all, -1, queries, heads * headSize);
    }

    /** Axis 1, the heads of the queries, in parts of some queries, and one of what remains. */
    private <T extends TNumber> List<Output<T>> chunks(Operand<T> x, int queries) {
        int most = Math.max(queriesAtOnce, (queries + MOST_CHUNKS - 1) / MOST_CHUNKS);
        int[] sizes = IntStream.range(0, (queries + most - 1) / most).map(i -> heads * Math.min(most, queries - i * most))
                .toArray();
        return tf.splitV(x, tf.constant(sizes), one, (long) sizes.length).output();
    }

    /** A number of each place's level: {@code [places]}. */
    private int[] perPlace(int[] ofLevels) {
        return IntStream.range(0, places).map(place -> ofLevels[place / points]).toArray();
    }
}
