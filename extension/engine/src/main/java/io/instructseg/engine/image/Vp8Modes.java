package io.instructseg.engine.image;

import java.util.Arrays;

/**
 * Reads how each macroblock of a key frame is predicted (RFC 6386, sections 11.2 and 11.3), in the order of the picture.
 */
final class Vp8Modes {

    /** Subblocks in a row of a macroblock. */
    private static final int SIDE = 4;

    /** The tree of a subblock's mode: pairs of next nodes; a leaf is the negated mode. */
    private static final int[] SUBBLOCK_TREE = { 0, 2, -1, 4, -2, 6, 8, 12, -3, 10, -4, -5, -6, 14, -7, 16, -8, -9 };

    private final Vp8BoolDecoder in;
    private final Vp8Segments segments;
    /** Probability of a macroblock with coefficients; negative if every macroblock has them. */
    private final int coded;
    private final int[] above;
    private final int[] left = new int[SIDE];
    private final int[] subblocks = new int[SIDE * SIDE];
    private int segment;
    private boolean skipped;
    private boolean split;
    private int luma;
    private int chroma;

    /** Starts where the frame's header ends but for its last field, whether macroblocks may be without coefficients. */
    Vp8Modes(Vp8BoolDecoder in, Vp8Segments segments, int columns) {
        this.in = in;
        this.segments = segments;
        this.coded = in.flag() ? in.number(8) : -1;
        this.above = new int[SIDE * columns];
    }

    void startRow() {
        Arrays.fill(left, Vp8Prediction.DC);
    }

    void read(int column) {
        segment = segments.readSegment(in);
        skipped = coded >= 0 && in.bit(coded) != 0;
        split = in.bit(145) == 0;
        if (split) {
            readSubblocks(SIDE * column);
        } else {
            luma = readLuma();
            Arrays.fill(above, SIDE * column, SIDE * column + SIDE, luma);
            Arrays.fill(left, luma);
        }
        chroma = readChroma();
    }

    private int readLuma() {
        if (in.bit(156) != 0) {
            return in.bit(128) != 0 ? Vp8Prediction.TRUE_MOTION : Vp8Prediction.HORIZONTAL;
        }
        return in.bit(163) != 0 ? Vp8Prediction.VERTICAL : Vp8Prediction.DC;
    }

    private int readChroma() {
        if (in.bit(142) == 0) {
            return Vp8Prediction.DC;
        }
        if (in.bit(114) == 0) {
            return Vp8Prediction.VERTICAL;
        }
        return in.bit(183) != 0 ? Vp8Prediction.TRUE_MOTION : Vp8Prediction.HORIZONTAL;
    }

    private void readSubblocks(int column) {
        for (int i = 0; i < subblocks.length; i++) {
            int x = column + i % SIDE;
            int y = i / SIDE;
            int node = 0;
            do {
                node = SUBBLOCK_TREE[node + in.bit(Vp8Probabilities.subblockMode(above[x], left[y], node / 2))];
            } while (node > 0);
            subblocks[i] = -node;
            above[x] = -node;
            left[y] = -node;
        }
    }

    int segment() {
        return segment;
    }

    /** Whether the macroblock has no coefficients. */
    boolean skipped() {
        return skipped;
    }

    /** Whether the luma is predicted in subblocks. */
    boolean split() {
        return split;
    }

    /** The mode of the luma block that is not split. */
    int luma() {
        return luma;
    }

    /** The mode of a subblock of the luma block that is split. */
    int subblock(int i) {
        return subblocks[i];
    }

    int chroma() {
        return chroma;
    }
}
