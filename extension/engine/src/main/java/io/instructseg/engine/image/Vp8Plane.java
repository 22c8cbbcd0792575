package io.instructseg.engine.image;

import java.util.Arrays;

/**
 * The luma or a chroma samples of a frame of whole macroblocks, with the border that prediction sees: 127 above, 129 on the
 * left (RFC 6386, section 12.2), and room on the right.
 */
final class Vp8Plane {

    private static final int LEFT = 1;
    /** Samples to the right of the block above that a subblock's prediction sees. */
    private static final int RIGHT = 4;

    private final byte[] samples;
    private final int stride;

    Vp8Plane(int width, int height) {
        stride = LEFT + width + RIGHT;
        samples = new byte[stride * (1 + height)];
        Arrays.fill(samples, 0, stride, (byte) 127);
        for (int y = 0; y < height; y++) {
            samples[at(-1, y)] = (byte) 129;
        }
    }

    byte[] samples() {
        return samples;
    }

    int stride() {
        return stride;
    }

    /** Where a sample lies; -1 is the border. */
    int at(int x, int y) {
        return (1 + y) * stride + LEFT + x;
    }

    /** Repeats a row's last sample in the border, as libwebp does for the subblocks below it. */
    void extendRight(int y) {
        int border = (2 + y) * stride - RIGHT;
        Arrays.fill(samples, border, border + RIGHT, samples[border - 1]);
    }

    static byte clamp(int value) {
        return (byte) Math.max(0, Math.min(value, 255));
    }
}
