package io.instructseg.engine.image;

/**
 * How strongly the loop filter works (RFC 6386, sections 9.6 and 15.2), by segment and by whether the macroblock is predicted
 * in subblocks: entry {@code 2 * segment + (subblocks ? 1 : 0)}.
 *
 * @param simple whether the simple filter is meant, which leaves chroma alone
 * @param edgeLimits largest step across an inner edge that is smoothed; 0 leaves the macroblock as it is
 * @param interiorLimits largest step beside an edge for it to be smoothed
 * @param varianceThresholds smallest step beside an edge that counts as high variance
 */
record Vp8FilterStrengths(boolean simple, int[] edgeLimits, int[] interiorLimits, int[] varianceThresholds) {

    private static final int DELTAS = 4;

    static Vp8FilterStrengths read(Vp8BoolDecoder in, Vp8Segments segments) {
        boolean simple = in.flag();
        int ofFrame = in.number(6);
        int sharpness = in.number(3);
        int[] deltas = in.flag() ? readDeltas(in) : new int[2];
        int entries = 2 * Vp8Segments.COUNT;
        Vp8FilterStrengths strengths = new Vp8FilterStrengths(simple, new int[entries], new int[entries], new int[entries]);
        for (int entry = 0; ofFrame > 0 && entry < entries; entry++) {
            int level = segments.filterLevel(entry / 2, ofFrame) + deltas[0] + entry % 2 * deltas[1];
            strengths.set(entry, Math.max(0, Math.min(level, 63)), sharpness);
        }
        return strengths;
    }

    /** What is added in a key frame, and what is added on top of that for subblocks. */
    private static int[] readDeltas(Vp8BoolDecoder in) {
        int[] deltas = new int[2];
        if (in.flag()) {
            for (int i = 0; i < 2 * DELTAS; i++) {
                int delta = in.optionalSigned(6);
                if (i % DELTAS == 0) {
                    deltas[i / DELTAS] = delta;
                }
            }
        }
        return deltas;
    }

    private void set(int entry, int level, int sharpness) {
        if (level == 0) {
            return;
        }
        int interior = level;
        if (sharpness > 0) {
            interior = Math.min(interior >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
        }
        interior = Math.max(interior, 1);
        interiorLimits[entry] = interior;
        edgeLimits[entry] = 2 * level + interior;
        varianceThresholds[entry] = level >= 40 ? 2 : level >= 15 ? 1 : 0;
    }
}
