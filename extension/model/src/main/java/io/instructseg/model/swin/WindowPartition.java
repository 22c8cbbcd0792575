package io.instructseg.model.swin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.model.graph.OuterSum;
import io.instructseg.model.graph.Shapes;

/**
 * The windows of a square map of {@code side x side} tokens: padded with zeros right and bottom to whole windows, and shifted
 * cyclically up and left (official {@code window_partition}, {@code window_reverse}, {@code SwinTransformerBlock.forward}).
 * One gather takes the heads' queries, keys or values from the tokens' projections to the windows, shifted, and one brings what
 * they attended to back. All padding is the same, so that one token of zeros is projected for all of it.
 */
final class WindowPartition {

    /** What the official code takes from the logits of pairs that are no neighbours. */
    private static final float HIDDEN = 100;

    private final Ops tf;
    private final int side;
    private final int windowSize;
    private final int shift;
    /** Windows along a side. */
    private final int windows;
    private final int paddedSide;
    private final int heads;
    private final Operand<TInt32> windowTokens;
    private final List<Operand<TInt32>> parts = new ArrayList<>();
    private final Operand<TInt32> places;
    private final Optional<Operand<TFloat32>> distance;
    private final Optional<Operand<TFloat32>> mask;

    WindowPartition(Ops tf, int side, int windowSize, int shift, int heads) {
        this.tf = tf;
        this.side = side;
        this.windowSize = windowSize;
        this.shift = shift;
        this.windows = (side + windowSize - 1) / windowSize;
        this.paddedSide = windows * windowSize;
        this.heads = heads;
        this.windowTokens = windowTokens();
        for (int part = 0; part < 3; part++) {
            parts.add(partIndex(part));
        }
        this.places = placeIndex();
        this.distance = shift == 0 ? Optional.empty() : Optional.of(distance());
        this.mask = distance.map(value -> tf.math.sub(tf.constant(0f), value));
    }

    /** {@code [b, side, side, c]} to {@code [b, t, c]}, a token of zeros behind the others if there is padding. */
    Operand<TFloat32> tokens(Operand<TFloat32> x) {
        Operand<TFloat32> tokens = Shapes.reshape(tf, x, -1, side * side, Shapes.known(x, 3));
        if (paddedSide == side) {
            return tokens;
        }
        return tf.pad(tokens, tf.constant(new int[][] { { 0, 0 }, { 0, 1 }, { 0, 0 } }), tf.constant(0f));
    }

    /** {@link #tokens} {@code [b, t, c]} to {@code [b, windows, n, c]}. */
    Operand<TFloat32> windows(Operand<TFloat32> tokens) {
        return tf.gather(tokens, windowTokens, tf.constant(1));
    }

    /**
     * A part (0 query, 1 key, 2 value) of the tokens' joint projection: {@code [b, t, 3 * heads * d]} to
     * {@code [b, windows, heads, n, d]}.
     */
    Operand<TFloat32> split(Operand<TFloat32> joint, int part) {
        int rows = Shapes.known(joint, 1) * 3 * heads;
        int headSize = Shapes.known(joint, 2) / 3 / heads;
        return tf.gather(Shapes.reshape(tf, joint, -1, rows, headSize), parts.get(part), tf.constant(1));
    }

    /** {@code [b, windows, heads, n, d]} to {@code [b, side, side, heads * d]}. */
    Operand<TFloat32> merge(Operand<TFloat32> x) {
        int headSize = Shapes.known(x, 4);
        Operand<TFloat32> rows = Shapes.reshape(tf, x, -1, paddedSide * paddedSide * heads, headSize);
        return Shapes.reshape(tf, tf.gather(rows, places, tf.constant(1)), -1, side, side, heads * headSize);
    }

    /**
     * Hides from each other, if the windows are shifted, tokens that only the shift brought into one window: logits
     * {@code [b, windows, heads, n, n]} to the same. By a difference: of a sum TensorFlow's optimizer would change the order
     * and add the mask to the positions' bias, for all blocks at once, each as large as the logits.
     */
    Operand<TFloat32> hide(Operand<TFloat32> logits) {
        return distance.<Operand<TFloat32>> map(value -> tf.math.sub(logits, tf.expandDims(value, tf.constant(1))))
                .orElse(logits);
    }

    /** What the official code adds to the logits of shifted windows, for comparisons only: {@code [windows, n, n]}. */
    Optional<Operand<TFloat32>> mask() {
        return mask;
    }

    /** Where among the tokens each window's come from {@code [windows, n]}; the token of zeros is the last one. */
    private Operand<TInt32> windowTokens() {
        int zeros = side * side;
        int[] source = axis(paddedSide, i -> (i + shift) % paddedSide);
        int[] rows = Arrays.stream(source).map(i -> i < side ? i * side : zeros).toArray();
        int[] columns = Arrays.stream(source).map(i -> i < side ? i : zeros).toArray();
        Operand<TInt32> tokens = Shapes.reshape(tf, OuterSum.of(tf, rows, columns, windowSize), windows * windows,
                windowSize * windowSize);
        return tf.math.minimum(tokens, tf.constant(zeros));
    }

    /** Where among the heads' projections {@code [t, 3, heads]} those of the windows come from {@code [windows, heads, n]}. */
    private Operand<TInt32> partIndex(int part) {
        Operand<TInt32> first = tf.math.mul(tf.expandDims(windowTokens, tf.constant(1)), tf.constant(3 * heads));
        int[] offsets = IntStream.range(0, heads).map(head -> part * heads + head).toArray();
        return tf.math.add(first, Shapes.reshape(tf, tf.constant(offsets), heads, 1));
    }

    /** Where in the windows {@code [windows, heads, n]} the tokens' heads come from {@code [side * side, heads]}. */
    private Operand<TInt32> placeIndex() {
        int area = windowSize * windowSize;
        int window = heads * area;
        int[] place = axis(side, i -> Math.floorMod(i - shift, paddedSide));
        int[] rows = Arrays.stream(place).map(i -> i / windowSize * windows * window + i % windowSize * windowSize).toArray();
        int[] columns = Arrays.stream(place).map(i -> i / windowSize * window + i % windowSize).toArray();
        int[] offsets = IntStream.range(0, heads).map(head -> head * area).toArray();
        return tf.math.add(Shapes.reshape(tf, OuterSum.of(tf, rows, columns, side), side * side, 1), tf.constant(offsets));
    }

    /**
     * Nothing between tokens that were neighbours before the shift, which attend to each other: if their regions of the padded
     * map are the same. {@code [windows, n, n]}.
     */
    private Operand<TFloat32> distance() {
        int[] region = axis(paddedSide, i -> i < paddedSide - windowSize ? 0 : i < paddedSide - shift ? 1 : 2);
        int[] rows = Arrays.stream(region).map(i -> 3 * i).toArray();
        Operand<TInt32> regions = Shapes.reshape(tf, OuterSum.of(tf, rows, region, windowSize),
                windows * windows, windowSize * windowSize);
        return tf.select(tf.math.notEqual(tf.expandDims(regions, tf.constant(1)), tf.expandDims(regions, tf.constant(2))),
                tf.constant(HIDDEN), tf.constant(0f));
    }

    private static int[] axis(int length, IntUnaryOperator value) {
        return IntStream.range(0, length).map(value).toArray();
    }
}
