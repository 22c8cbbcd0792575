package io.instructseg.engine.image;

/**
 * The up to four segments of a frame, each with its own quantizer and filter level (RFC 6386, section 9.3).
 *
 * @param enabled whether there are segments
 * @param mapped whether each macroblock names its segment; otherwise all are in the first
 * @param absolute whether the values replace the frame's, not add to them
 * @param quantizers quantizer indexes
 * @param filterLevels levels of the loop filter
 * @param probabilities of the tree with which a macroblock names its segment
 */
record Vp8Segments(boolean enabled, boolean mapped, boolean absolute, int[] quantizers, int[] filterLevels,
        int[] probabilities) {

    static final int COUNT = 4;

    static Vp8Segments read(Vp8BoolDecoder in) {
        int[] quantizers = new int[COUNT];
        int[] filterLevels = new int[COUNT];
        int[] probabilities = { 255, 255, 255 };
        boolean enabled = in.flag();
        boolean mapped = enabled && in.flag();
        boolean absolute = true;
        if (enabled && in.flag()) {
            absolute = in.flag();
            for (int i = 0; i < COUNT; i++) {
                quantizers[i] = in.optionalSigned(7);
            }
            for (int i = 0; i < COUNT; i++) {
                filterLevels[i] = in.optionalSigned(6);
            }
        }
        for (int i = 0; mapped && i < probabilities.length; i++) {
            probabilities[i] = in.flag() ? in.number(8) : 255;
        }
        return new Vp8Segments(enabled, mapped, absolute, quantizers, filterLevels, probabilities);
    }

    int quantizer(int segment, int ofFrame) {
        return valueOf(quantizers[segment], ofFrame);
    }

    int filterLevel(int segment, int ofFrame) {
        return valueOf(filterLevels[segment], ofFrame);
    }

    private int valueOf(int ofSegment, int ofFrame) {
        if (!enabled) {
            return ofFrame;
        }
        return absolute ? ofSegment : ofFrame + ofSegment;
    }

    /** Reads which segment a macroblock is in. */
    int readSegment(Vp8BoolDecoder in) {
        if (!mapped) {
            return 0;
        }
        return in.bit(probabilities[0]) == 0 ? in.bit(probabilities[1]) : 2 + in.bit(probabilities[2]);
    }
}
