package io.instructseg.engine.image;

/**
 * Turns planes into RGB as libwebp does by default: chroma is interpolated ("fancy upsampling", weights 9, 3, 3 and 1), the
 * conversion is BT.601's for studio swing, both in libwebp's integer arithmetic (its {@code dsp/upsampling.c} and
 * {@code dsp/yuv.h}).
 */
final class Vp8Rgb {

    private Vp8Rgb() {
    }

    /** The upper left part of the planes. */
    static RgbImage convert(Vp8Plane y, Vp8Plane u, Vp8Plane v, int width, int height) {
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        int[] rowOfU = new int[width];
        int[] rowOfV = new int[width];
        int lastRow = (height - 1) / 2;
        for (int row = 0; row < height; row++) {
            int near = row / 2;
            int far = neighbor(row, lastRow);
            upsample(u, near, far, rowOfU);
            upsample(v, near, far, rowOfV);
            int to = row * width * RgbImage.CHANNELS;
            int luma = y.at(0, row);
            for (int x = 0; x < width; x++, to += RgbImage.CHANNELS) {
                convert(y.samples()[luma + x] & 0xff, rowOfU[x], rowOfV[x], rgb, to);
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** The chroma row or column that comes second in the interpolation at a place of the picture. */
    private static int neighbor(int place, int last) {
        return place % 2 == 0 ? Math.max(place / 2 - 1, 0) : Math.min(place / 2 + 1, last);
    }

    private static void upsample(Vp8Plane plane, int nearRow, int farRow, int[] out) {
        byte[] samples = plane.samples();
        int near = plane.at(0, nearRow);
        int far = plane.at(0, farRow);
        int last = (out.length - 1) / 2;
        for (int x = 0; x < out.length; x++) {
            int side = neighbor(x, last);
            int corner = samples[near + x / 2] & 0xff;
            int beside = samples[near + side] & 0xff;
            int above = samples[far + x / 2] & 0xff;
            int across = samples[far + side] & 0xff;
            int diagonal = corner + 3 * (beside + above) + across + 8 >> 3;
            out[x] = diagonal + corner >> 1;
        }
    }

    private static void convert(int y, int u, int v, byte[] rgb, int to) {
        int luma = y * 19077 >> 8;
        rgb[to] = clip(luma + (v * 26149 >> 8) - 14234);
        rgb[to + 1] = clip(luma - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708);
        rgb[to + 2] = clip(luma + (u * 33050 >> 8) - 17685);
    }

    /** Drops six fractional bits. */
    private static byte clip(int value) {
        return Vp8Plane.clamp(value >> 6);
    }
}
