package io.instructseg.engine.image;

/**
 * The inverse transforms (RFC 6386, section 14), in their exact integer arithmetic. Coefficients so large that sums leave 16
 * bits, which no encoder writes, give what libwebp's C code gives; its SIMD code then differs from that.
 */
final class Vp8InverseTransform {

    /** Coefficients of a block. */
    static final int BLOCK = 16;

    private Vp8InverseTransform() {
    }

    /**
     * The Walsh-Hadamard transform: spreads a block over the first coefficients of 16 blocks.
     *
     * @param in 16 coefficients
     * @param out 16 blocks of 16 coefficients
     */
    static void walshHadamard(short[] in, short[] out) {
        int[] columns = new int[BLOCK];
        for (int i = 0; i < 4; i++) {
            int sumOuter = in[i] + in[12 + i];
            int sumInner = in[4 + i] + in[8 + i];
            int differenceInner = in[4 + i] - in[8 + i];
            int differenceOuter = in[i] - in[12 + i];
            columns[i] = sumOuter + sumInner;
            columns[4 + i] = differenceOuter + differenceInner;
            columns[8 + i] = sumOuter - sumInner;
            columns[12 + i] = differenceOuter - differenceInner;
        }
        for (int i = 0; i < BLOCK; i += 4) {
            int sumOuter = columns[i] + columns[3 + i] + 3;
            int sumInner = columns[1 + i] + columns[2 + i];
            int differenceInner = columns[1 + i] - columns[2 + i];
            int differenceOuter = columns[i] - columns[3 + i] + 3;
            out[i * BLOCK] = (short) (sumOuter + sumInner >> 3);
            out[(i + 1) * BLOCK] = (short) (differenceOuter + differenceInner >> 3);
            out[(i + 2) * BLOCK] = (short) (sumOuter - sumInner >> 3);
            out[(i + 3) * BLOCK] = (short) (differenceOuter - differenceInner >> 3);
        }
    }

    /** Adds what a DC coefficient alone gives to a block of 4x4 samples. */
    static void addDc(int coefficient, byte[] samples, int at, int stride) {
        int residual = coefficient + 4 >> 3;
        for (int row = at; row < at + 4 * stride; row += stride) {
            for (int x = row; x < row + 4; x++) {
                samples[x] = Vp8Plane.clamp((samples[x] & 0xff) + residual);
            }
        }
    }

    /** Adds the inverse cosine transform of the 16 coefficients from {@code from} to a block of 4x4 samples. */
    static void addInverseDct(short[] in, int from, byte[] samples, int at, int stride) {
        int[] columns = new int[BLOCK];
        for (int i = 0; i < 4; i++) {
            int first = in[from + i];
            int second = in[from + 4 + i];
            int third = in[from + 8 + i];
            int fourth = in[from + 12 + i];
            int c = timesSine(second) - timesCosine(fourth);
            int d = timesCosine(second) + timesSine(fourth);
            columns[4 * i] = first + third + d;
            columns[4 * i + 1] = first - third + c;
            columns[4 * i + 2] = first - third - c;
            columns[4 * i + 3] = first + third - d;
        }
        for (int i = 0; i < 4; i++) {
            int first = columns[i] + 4;
            int third = columns[8 + i];
            int c = timesSine(columns[4 + i]) - timesCosine(columns[12 + i]);
            int d = timesCosine(columns[4 + i]) + timesSine(columns[12 + i]);
            int to = at + i * stride;
            add(samples, to, first + third + d);
            add(samples, to + 1, first - third + c);
            add(samples, to + 2, first - third - c);
            add(samples, to + 3, first + third - d);
        }
    }

    private static void add(byte[] samples, int at, int residual) {
        samples[at] = Vp8Plane.clamp((samples[at] & 0xff) + (residual >> 3));
    }

    /** Times the square root of 2 times cos(pi/8). */
    private static int timesCosine(int value) {
        return (value * 20091 >> 16) + value;
    }

    /** Times the square root of 2 times sin(pi/8). */
    private static int timesSine(int value) {
        return value * 35468 >> 16;
    }
}
