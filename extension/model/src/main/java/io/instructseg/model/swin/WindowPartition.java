package io.instructseg.model.swin;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.model.graph.Shapes;

/**
 * The windows of a square map of {@code side x side} tokens: padded with zeros right and bottom to whole windows, and shifted
 * cyclically up and left (official {@code window_partition}, {@code window_reverse}, {@code SwinTransformerBlock.forward}).
 * Shift and partition are one gather, and so are the way back and the cropping.
 */
final class WindowPartition {

    /** What the official code adds to the logits of pairs that are no neighbours. */
    private static final float MASKED = -100;

    private final Ops tf;
    private final int side;
    private final int windowSize;
    private final int shift;
    /** Windows along a side. */
    private final int windows;
    private final int paddedSide;
    private final Operand<TInt32> split;
    private final Operand<TInt32> merge;
    private final Optional<Operand<TFloat32>> mask;

    WindowPartition(Ops tf, int side, int windowSize, int shift) {
        this.tf = tf;
        this.side = side;
        this.windowSize = windowSize;
        this.shift = shift;
        this.windows = (side + windowSize - 1) / windowSize;
        this.paddedSide = windows * windowSize;
        this.split = splitIndex();
        this.merge = mergeIndex();
        this.mask = shift == 0 ? Optional.empty() : Optional.of(shiftMask());
    }

    /** {@code [b, side, side, c]} to {@code [b, windows, windowSize * windowSize, c]}. */
    Operand<TFloat32> split(Operand<TFloat32> x) {
        int channels = Shapes.known(x, 3);
        Operand<TFloat32> tokens = Shapes.reshape(tf, pad(x), -1, paddedSide * paddedSide, channels);
        return Shapes.reshape(tf, tf.gather(tokens, split, tf.constant(1)),
                -1, windows * windows, windowSize * windowSize, channels);
    }

    /** {@code [b, windows, windowSize * windowSize, c]} to {@code [b, side, side, c]}. */
    Operand<TFloat32> merge(Operand<TFloat32> x) {
        int channels = Shapes.known(x, 3);
        Operand<TFloat32> tokens = Shapes.reshape(tf, x, -1, paddedSide * paddedSide, channels);
        return Shapes.reshape(tf, tf.gather(tokens, merge, tf.constant(1)), -1, side, side, channels);
    }

    /**
     * {@code [windows, n, n]}: 0, or -100 for tokens that only the shift brought into one window. Nothing for unshifted
     * windows.
     */
    Optional<Operand<TFloat32>> mask() {
        return mask;
    }

    private Operand<TFloat32> pad(Operand<TFloat32> x) {
        int missing = paddedSide - side;
        if (missing == 0) {
            return x;
        }
        return tf.pad(x, tf.constant(new int[][] { { 0, 0 }, { 0, missing }, { 0, missing }, { 0, 0 } }), tf.constant(0f));
    }

    /** Where in the padded map each window's tokens come from. */
    private Operand<TInt32> splitIndex() {
        int[] source = axis(paddedSide, i -> (i + shift) % paddedSide);
        int[] rows = Arrays.stream(source).map(i -> i * paddedSide).toArray();
        return Shapes.reshape(tf, OuterSum.of(tf, rows, source, windowSize), -1);
    }

    /** Where in the windows the map's tokens come from. */
    private Operand<TInt32> mergeIndex() {
        int area = windowSize * windowSize;
        int[] place = axis(side, i -> Math.floorMod(i - shift, paddedSide));
        int[] rows = Arrays.stream(place).map(i -> i / windowSize * windows * area + i % windowSize * windowSize).toArray();
        int[] columns = Arrays.stream(place).map(i -> i / windowSize * area + i % windowSize).toArray();
        return Shapes.reshape(tf, OuterSum.of(tf, rows, columns, side), -1);
    }

    /**
     * Tokens attend to each other if they were neighbours before the shift: if their regions of the padded map are the same.
     */
    private Operand<TFloat32> shiftMask() {
        int[] region = axis(paddedSide, i -> i < paddedSide - windowSize ? 0 : i < paddedSide - shift ? 1 : 2);
        int[] rows = Arrays.stream(region).map(i -> 3 * i).toArray();
        Operand<TInt32> regions = Shapes.reshape(tf, OuterSum.of(tf, rows, region, windowSize),
                windows * windows, windowSize * windowSize);
        return tf.select(tf.math.notEqual(tf.expandDims(regions, tf.constant(1)), tf.expandDims(regions, tf.constant(2))),
                tf.constant(MASKED), tf.constant(0f));
    }

    private static int[] axis(int length, IntUnaryOperator value) {
        return IntStream.range(0, length).map(value).toArray();
    }
}
