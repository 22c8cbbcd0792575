package io.instructseg.engine.image;

/**
 * The simple and the normal loop filter (RFC 6386, section 15). It runs over macroblocks in the order of the picture, when
 * all of them are predicted: prediction sees unfiltered samples.
 */
final class Vp8LoopFilter {

    /** Distance of the edges within a macroblock. */
    private static final int INNER = 4;

    private final Vp8FilterStrengths strengths;
    private final Vp8Plane[] planes;

    /** Of the luma plane and the two chroma planes. */
    Vp8LoopFilter(Vp8FilterStrengths strengths, Vp8Plane... planes) {
        this.strengths = strengths;
        this.planes = planes;
    }

    /**
     * Filters a macroblock's left and upper edge, and its inner edges if told so.
     *
     * @param strength which entry of the strengths holds for it
     */
    void filter(int column, int row, int strength, boolean inner) {
        if (strengths.edgeLimits()[strength] == 0) {
            return;
        }
        for (int i = 0; i < (strengths.simple() ? 1 : planes.length); i++) {
            int size = i == 0 ? 16 : 8;
            int at = planes[i].at(column * size, row * size);
            int stride = planes[i].stride();
            filterEdges(planes[i].samples(), at, 1, stride, size, strength, column > 0, inner);
            filterEdges(planes[i].samples(), at, stride, 1, size, strength, row > 0, inner);
        }
    }

    /** Filters edges of one direction: {@code across} is a step across them, {@code along} one along them. */
    private void filterEdges(byte[] samples, int at, int across, int along, int size, int strength, boolean outer,
            boolean inner) {
        int limit = strengths.edgeLimits()[strength];
        if (outer) {
            filterEdge(samples, at, across, along, size, strength, 2 * (limit + 4) + 1, true);
        }
        for (int i = INNER; inner && i < size; i += INNER) {
            filterEdge(samples, at + i * across, across, along, size, strength, 2 * limit + 1, false);
        }
    }

    private void filterEdge(byte[] samples, int from, int across, int along, int size, int strength, int limit,
            boolean outer) {
        int interior = strengths.interiorLimits()[strength];
        int threshold = strengths.varianceThresholds()[strength];
        for (int i = 0, at = from; i < size; i++, at += along) {
            if (!isWithin(limit, samples, at, across)) {
                continue;
            }
            if (strengths.simple()) {
                smooth2(samples, at, across);
            } else if (isFlat(interior, samples, at, across)) {
                smooth(samples, at, across, threshold, outer);
            }
        }
    }

    private static void smooth(byte[] samples, int at, int across, int threshold, boolean outer) {
        if (step(samples, at - 2 * across, across) > threshold || step(samples, at, across) > threshold) {
            smooth2(samples, at, across);
        } else if (outer) {
            smooth6(samples, at, across);
        } else {
            smooth4(samples, at, across);
        }
    }

    /** Whether the step across the edge is small enough to be an artifact. */
    private static boolean isWithin(int limit, byte[] samples, int at, int across) {
        int outer = Math.abs((samples[at - 2 * across] & 0xff) - (samples[at + across] & 0xff));
        return 4 * step(samples, at - across, across) + outer <= limit;
    }

    private static boolean isFlat(int interior, byte[] samples, int at, int across) {
        for (int i = 1; i <= 3; i++) {
            if (step(samples, at - (i + 1) * across, across) > interior
                    || step(samples, at + (i - 1) * across, across) > interior) {
                return false;
            }
        }
        return true;
    }

    private static int step(byte[] samples, int at, int across) {
        return Math.abs((samples[at] & 0xff) - (samples[at + across] & 0xff));
    }

    /** Changes one sample on each side. */
    private static void smooth2(byte[] samples, int at, int across) {
        int outer = (samples[at - 2 * across] & 0xff) - (samples[at + across] & 0xff);
        int difference = 3 * difference(samples, at, across) + clamp(outer, 128);
        add(samples, at - across, clamp(difference + 3 >> 3, 16));
        add(samples, at, -clamp(difference + 4 >> 3, 16));
    }

    /** Changes two samples on each side. */
    private static void smooth4(byte[] samples, int at, int across) {
        int difference = 3 * difference(samples, at, across);
        int near = clamp(difference + 4 >> 3, 16);
        int far = near + 1 >> 1;
        add(samples, at - 2 * across, far);
        add(samples, at - across, clamp(difference + 3 >> 3, 16));
        add(samples, at, -near);
        add(samples, at + across, -far);
    }

    /** Changes three samples on each side. */
    private static void smooth6(byte[] samples, int at, int across) {
        int outer = (samples[at - 2 * across] & 0xff) - (samples[at + across] & 0xff);
        int difference = clamp(3 * difference(samples, at, across) + clamp(outer, 128), 128);
        for (int i = 0; i < 3; i++) {
            int change = (27 - 9 * i) * difference + 63 >> 7;
            add(samples, at - (i + 1) * across, change);
            add(samples, at + i * across, -change);
        }
    }

    private static int difference(byte[] samples, int at, int across) {
        return (samples[at] & 0xff) - (samples[at - across] & 0xff);
    }

    /** To the signed numbers of which there are {@code 2 * limit}. */
    private static int clamp(int value, int limit) {
        return Math.max(-limit, Math.min(value, limit - 1));
    }

    private static void add(byte[] samples, int at, int change) {
        samples[at] = Vp8Plane.clamp((samples[at] & 0xff) + change);
    }
}
