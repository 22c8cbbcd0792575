package io.instructseg.cli.verify;

import java.util.Arrays;

/**
 * A tensor of the official code, row-major.
 *
 * @param values integers and booleans, too, as floats
 */
record GoldenTensor(long[] shape, float[] values) {

    int size(int axis) {
        return Math.toIntExact(shape[axis]);
    }

    /** {@code [b, c, h, w]} as {@code [b, h, w, c]}. */
    GoldenTensor channelsLast() {
        int channels = size(1);
        int area = size(2) * size(3);
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int item = i / area / channels;
            result[(item * area + i % area) * channels + i / area % channels] = values[i];
        }
        return new GoldenTensor(new long[] { shape[0], shape[2], shape[3], shape[1] }, result);
    }

    /** {@code [n, b, c]} as {@code [b, n, c]}. */
    GoldenTensor batchFirst() {
        int rows = size(0);
        int items = size(1);
        int width = size(2);
        float[] result = new float[values.length];
        for (int i = 0; i < rows * items; i++) {
            int target = (i % items * rows + i / items) * width;
            System.arraycopy(values, i * width, result, target, width);
        }
        return new GoldenTensor(new long[] { items, rows, width }, result);
    }

    /** Rows {@code [from, to)} of the last axis but one of a tensor that has one block of them. */
    GoldenTensor rows(int from, int to) {
        int width = size(shape.length - 1);
        return new GoldenTensor(new long[] { to - from, width }, Arrays.copyOfRange(values, from * width, to * width));
    }

    /** Blocks {@code [from, to)} of the first axis. */
    GoldenTensor items(int from, int to) {
        int size = values.length / size(0);
        long[] some = shape.clone();
        some[0] = to - from;
        return new GoldenTensor(some, Arrays.copyOfRange(values, from * size, to * size));
    }

    /** Unsigned bytes as a tensor holds them. */
    static float[] floats(byte[] bytes) {
        float[] values = new float[bytes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes[i] & 0xFF;
        }
        return values;
    }

    static float[] floats(int[] ints) {
        float[] values = new float[ints.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = ints[i];
        }
        return values;
    }

    int[] ints() {
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) values[i];
        }
        return ints;
    }
}
