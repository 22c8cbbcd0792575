package io.instructseg.engine.image;

/**
 * Intra prediction of 4x4 luma subblocks (RFC 6386, section 12.3) from their edge: four samples on the left (bottom to top),
 * the corner, four above and four above to the right.
 */
final class Vp8SubblockPrediction {

    static final int MODES = 10;

    private static final int SIZE = 4;
    private static final int CORNER = 4;
    private static final int ABOVE = 5;
    private static final int EDGE = 13;

    private final int[] edge = new int[EDGE];
    private final int[] predicted = new int[SIZE * SIZE];

    /**
     * Fills a subblock.
     *
     * @param aboveRight where the four samples lie that are taken for those above to the right
     */
    void predict(int mode, Vp8Plane plane, int at, int aboveRight) {
        readEdge(plane, at, aboveRight);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                predicted[SIZE * y + x] = sample(mode, x, y);
            }
        }
        byte[] samples = plane.samples();
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                samples[at + y * plane.stride() + x] = (byte) predicted[SIZE * y + x];
            }
        }
    }

    private void readEdge(Vp8Plane plane, int at, int aboveRight) {
        byte[] samples = plane.samples();
        for (int i = 0; i < SIZE; i++) {
            edge[i] = samples[at - 1 + (SIZE - 1 - i) * plane.stride()] & 0xff;
            edge[ABOVE + i] = samples[at - plane.stride() + i] & 0xff;
            edge[ABOVE + SIZE + i] = samples[aboveRight + i] & 0xff;
        }
        edge[CORNER] = samples[at - plane.stride() - 1] & 0xff;
    }

    private int sample(int mode, int x, int y) {
        return switch (mode) {
            case 0 -> dc();
            case 1 -> Math.max(0, Math.min(edge[3 - y] + edge[ABOVE + x] - edge[CORNER], 255)); // TM
            case 2 -> mean3(ABOVE + x); // VE
            case 3 -> mean3(3 - y); // HE
            case 4 -> mean3(CORNER + x - y); // RD
            case 5 -> verticalRight(x, y);
            case 6 -> mean3(ABOVE + 1 + x + y); // LD
            case 7 -> verticalLeft(x, y);
            case 8 -> horizontalDown(x, y);
            case 9 -> horizontalUp(x, y);
            default -> throw new IllegalArgumentException("unknown subblock mode " + mode);
        };
    }

    private int dc() {
        int sum = 4;
        for (int i = 0; i < SIZE; i++) {
            sum += edge[i] + edge[ABOVE + i];
        }
        return sum >> 3;
    }

    private int verticalRight(int x, int y) {
        int k = 2 * x - y;
        if (k < 0) {
            return mean3(ABOVE + k);
        }
        return k % 2 == 0 ? mean2(CORNER + k / 2) : mean3(ABOVE + k / 2);
    }

    private int verticalLeft(int x, int y) {
        if (x == 3 && y >= 2) {
            return mean3(ABOVE + 3 + y);
        }
        int i = ABOVE + x + y / 2;
        return y % 2 == 0 ? mean2(i) : mean3(i + 1);
    }

    private int horizontalDown(int x, int y) {
        int k = 2 * y - x;
        if (k < 0) {
            return mean3(3 - k);
        }
        return k % 2 == 0 ? mean2(3 - k / 2) : mean3(3 - k / 2);
    }

    private int horizontalUp(int x, int y) {
        int k = x + 2 * y;
        int i = 3 - k / 2;
        if (i <= 0) {
            return edge[0];
        }
        return k % 2 == 0 ? mean2(i - 1) : mean3(i - 1);
    }

    private int mean2(int i) {
        return edge[i] + edge[i + 1] + 1 >> 1;
    }

    /** The weighted mean around {@code i}; the edge's ends are repeated. */
    private int mean3(int i) {
        return edge[Math.max(i - 1, 0)] + 2 * edge[i] + edge[Math.min(i + 1, EDGE - 1)] + 2 >> 2;
    }
}
