package io.instructseg.engine.image;

import java.util.Arrays;

/**
 * Reads the coefficients of a macroblock: 16 luma blocks, then 4 of each chroma plane (RFC 6386, section 13).
 */
final class Vp8Coefficients {

    static final int BLOCKS = 24;

    /** Block types, the first index of the probabilities. */
    private static final int Y_AFTER_Y2 = 0;
    private static final int Y2 = 1;
    private static final int CHROMA = 2;
    private static final int Y_WITH_DC = 3;

    private static final int BLOCK = Vp8InverseTransform.BLOCK;
    private static final int[] ZIGZAG = { 0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15 };
    /** Of each position, and of the one behind the last. */
    private static final int[] BAND = { 0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0 };
    /** Probabilities of the extra bits of large values; a value's category starts at {@code 3 + (8 << category)}. */
    private static final int[][] EXTRA_BITS = { { 173, 148, 140 }, { 176, 155, 140, 135 }, { 180, 157, 141, 134, 130 },
            { 254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129 } };

    /** Flags of a macroblock's neighbors: 4 of luma, 2 of each chroma plane, 1 of Y2. */
    private static final int FLAGS = 9;
    private static final int Y2_FLAG = 8;

    private final int[] probabilities;
    private final byte[] above;
    private final byte[] left = new byte[FLAGS];
    private final short[] values = new short[BLOCKS * BLOCK];
    private final short[] y2 = new short[BLOCK];
    /** For each block how far its coefficients reach, which is not beyond 1 where the DC coefficient is alone. */
    private final int[] reach = new int[BLOCKS];

    Vp8Coefficients(int[] probabilities, int columns) {
        this.probabilities = probabilities;
        this.above = new byte[FLAGS * columns];
    }

    void startRow() {
        Arrays.fill(left, (byte) 0);
    }

    /** {@code [BLOCKS, 16]}, dequantized. */
    short[] values() {
        return values;
    }

    /** Whether a block has a coefficient beside the first. */
    boolean hasAc(int block) {
        return reach[block] > 1;
    }

    /** Whether a block's first coefficient is not 0. */
    boolean hasDc(int block) {
        return values[block * BLOCK] != 0;
    }

    /** Notes a macroblock without coefficients. */
    void skip(int column, boolean split) {
        int flags = split ? Y2_FLAG : FLAGS; // a split macroblock has no Y2, so what it is preceded by stays
        Arrays.fill(above, FLAGS * column, FLAGS * column + flags, (byte) 0);
        Arrays.fill(left, 0, flags, (byte) 0);
        Arrays.fill(values, (short) 0);
        Arrays.fill(reach, 0);
    }

    /** Reads a macroblock; whether any block has coefficients. */
    boolean read(Vp8BoolDecoder in, int column, boolean split, Vp8Quantizer quantizer) {
        Arrays.fill(values, (short) 0);
        int flags = FLAGS * column;
        int first = 0;
        if (!split) {
            readY2(in, flags, quantizer);
            first = 1;
        }
        int type = split ? Y_WITH_DC : Y_AFTER_Y2;
        readPlane(in, type, first, 0, 4, flags, 0, quantizer.yDc(), quantizer.yAc());
        readPlane(in, CHROMA, 0, 16, 2, flags, 4, quantizer.uvDc(), quantizer.uvAc());
        readPlane(in, CHROMA, 0, 20, 2, flags, 6, quantizer.uvDc(), quantizer.uvAc());
        for (int block = 0; block < BLOCKS; block++) {
            if (hasAc(block) || hasDc(block)) {
                return true;
            }
        }
        return false;
    }

    private void readY2(Vp8BoolDecoder in, int flags, Vp8Quantizer quantizer) {
        Arrays.fill(y2, (short) 0);
        int context = above[flags + Y2_FLAG] + left[Y2_FLAG];
        boolean some = readBlock(in, Y2, context, 0, quantizer.y2Dc(), quantizer.y2Ac(), y2, 0) > 0;
        above[flags + Y2_FLAG] = left[Y2_FLAG] = (byte) (some ? 1 : 0);
        Vp8InverseTransform.walshHadamard(y2, values);
    }

    /** Reads a square of blocks. */
    private void readPlane(Vp8BoolDecoder in, int type, int first, int firstBlock, int side, int flags, int firstFlag, int dc,
            int ac) {
        for (int i = 0; i < side * side; i++) {
            int x = flags + firstFlag + i % side;
            int y = firstFlag + i / side;
            int block = firstBlock + i;
            reach[block] = readBlock(in, type, above[x] + left[y], first, dc, ac, values, block * BLOCK);
            above[x] = left[y] = (byte) (reach[block] > first ? 1 : 0);
        }
    }

    /** Reads a block from its coefficient {@code first} on; returns the position behind the last token. */
    private int readBlock(Vp8BoolDecoder in, int type, int context, int first, int dc, int ac, short[] out, int at) {
        int p = probability(type, first, context);
        for (int n = first; n < BLOCK; n++) {
            if (in.bit(probabilities[p]) == 0) {
                return n;
            }
            while (in.bit(probabilities[p + 1]) == 0) {
                n++;
                if (n == BLOCK) {
                    return BLOCK;
                }
                p = probability(type, n, 0);
            }
            int value = 1;
            if (in.bit(probabilities[p + 2]) != 0) {
                value = readLargeValue(in, p);
            }
            p = probability(type, n + 1, value == 1 ? 1 : 2);
            out[at + ZIGZAG[n]] = (short) (in.signed(value) * (n > 0 ? ac : dc));
        }
        return BLOCK;
    }

    private static int probability(int type, int position, int context) {
        return ((type * Vp8Probabilities.BANDS + BAND[position]) * Vp8Probabilities.CONTEXTS + context)
                * Vp8Probabilities.TOKENS;
    }

    /** Reads a magnitude of at least 2. */
    private int readLargeValue(Vp8BoolDecoder in, int p) {
        if (in.bit(probabilities[p + 3]) == 0) {
            return in.bit(probabilities[p + 4]) == 0 ? 2 : 3 + in.bit(probabilities[p + 5]);
        }
        if (in.bit(probabilities[p + 6]) == 0) {
            if (in.bit(probabilities[p + 7]) == 0) {
                return 5 + in.bit(159);
            }
            return 7 + 2 * in.bit(165) + in.bit(145);
        }
        int high = in.bit(probabilities[p + 8]);
        int category = 2 * high + in.bit(probabilities[p + 9 + high]);
        int extra = 0;
        for (int probability : EXTRA_BITS[category]) {
            extra = 2 * extra + in.bit(probability);
        }
        return 3 + (8 << category) + extra;
    }
}
