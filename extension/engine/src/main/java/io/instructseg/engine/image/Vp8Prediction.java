package io.instructseg.engine.image;

import java.util.Arrays;

/**
 * Intra prediction of whole luma (16x16) and chroma (8x8) blocks (RFC 6386, sections 12.2 and 12.3).
 */
final class Vp8Prediction {

    /** The modes, with the numbers of the same modes of subblocks. */
    static final int DC = 0;
    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;

    private Vp8Prediction() {
    }

    /** Fills the square block at {@code x}, {@code y} from the samples above and on the left. */
    static void predict(int mode, Vp8Plane plane, int x, int y, int size) {
        switch (mode) {
            case DC -> fill(plane, plane.at(x, y), size, dc(plane, x, y, size));
            case TRUE_MOTION -> trueMotion(plane, plane.at(x, y), size);
            case VERTICAL -> vertical(plane, plane.at(x, y), size);
            case HORIZONTAL -> horizontal(plane, plane.at(x, y), size);
            default -> throw new IllegalArgumentException("unknown prediction mode " + mode);
        }
    }

    /** The mean of the neighbors that lie in the picture. */
    private static int dc(Vp8Plane plane, int x, int y, int size) {
        byte[] samples = plane.samples();
        int sum = 0;
        int count = 0;
        if (y > 0) {
            for (int i = 0; i < size; i++) {
                sum += samples[plane.at(x + i, y - 1)] & 0xff;
            }
            count += size;
        }
        if (x > 0) {
            for (int i = 0; i < size; i++) {
                sum += samples[plane.at(x - 1, y + i)] & 0xff;
            }
            count += size;
        }
        return count == 0 ? 128 : (sum + count / 2) / count;
    }

    private static void fill(Vp8Plane plane, int at, int size, int value) {
        for (int i = 0; i < size; i++) {
            int row = at + i * plane.stride();
            Arrays.fill(plane.samples(), row, row + size, (byte) value);
        }
    }

    private static void vertical(Vp8Plane plane, int at, int size) {
        byte[] samples = plane.samples();
        for (int i = 0; i < size; i++) {
            System.arraycopy(samples, at - plane.stride(), samples, at + i * plane.stride(), size);
        }
    }

    private static void horizontal(Vp8Plane plane, int at, int size) {
        byte[] samples = plane.samples();
        for (int i = 0; i < size; i++) {
            int row = at + i * plane.stride();
            Arrays.fill(samples, row, row + size, samples[row - 1]);
        }
    }

    private static void trueMotion(Vp8Plane plane, int at, int size) {
        byte[] samples = plane.samples();
        int above = at - plane.stride();
        int corner = samples[above - 1] & 0xff;
        for (int i = 0; i < size; i++) {
            int row = at + i * plane.stride();
            int slope = (samples[row - 1] & 0xff) - corner;
            for (int x = 0; x < size; x++) {
                samples[row + x] = Vp8Plane.clamp((samples[above + x] & 0xff) + slope);
            }
        }
    }
}
