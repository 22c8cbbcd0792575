package io.instructseg.engine.image;

import java.util.ArrayList;
import java.util.List;

/**
 * Decodes lossless WebP (RFC 9649, section 3). Alpha is dropped. Refuses what libwebp refuses, data that end early among it.
 */
final class Vp8lDecoder {

    private static final int SIGNATURE = 0x2f;
    private static final int SIDE_BITS = 14;

    private Vp8lDecoder() {
    }

    /**
     * Decodes the bit stream from {@code from} to {@code to}.
     *
     * @throws ImageException if it is damaged or larger than the limits
     */
    static RgbImage decode(byte[] data, int from, int to, ImageLimits limits) throws ImageException {
        Vp8lBits in = new Vp8lBits(data, from, to);
        int signature = in.number(8);
        int width = 1 + in.number(SIDE_BITS);
        int height = 1 + in.number(SIDE_BITS);
        in.flag(); // whether alpha is used
        int version = in.number(3);
        if (signature != SIGNATURE || version != 0) {
            throw new ImageException("damaged WebP: a lossless frame starts with 0x" + Integer.toHexString(signature)
                    + ", version " + version + ", expected 0x" + Integer.toHexString(SIGNATURE) + ", version 0");
        }
        limits.checkSize(width, height);
        List<Vp8lTransform> transforms = readTransforms(in, width, height);
        int[] pixels = Vp8lImage.read(in, storedWidth(transforms, width), height, true);
        for (int i = transforms.size() - 1; i >= 0; i--) {
            pixels = transforms.get(i).undo(pixels);
        }
        return toRgb(pixels, width, height);
    }

    private static List<Vp8lTransform> readTransforms(Vp8lBits in, int width, int height) throws ImageException {
        List<Vp8lTransform> transforms = new ArrayList<>();
        boolean[] seen = new boolean[Vp8lTransform.TYPES];
        while (in.flag()) {
            int type = in.number(2);
            if (seen[type]) {
                throw new ImageException("damaged WebP: transform " + type + " comes twice");
            }
            seen[type] = true;
            transforms.add(Vp8lTransform.read(in, type, storedWidth(transforms, width), height));
        }
        return transforms;
    }

    private static int storedWidth(List<Vp8lTransform> transforms, int width) {
        return transforms.isEmpty() ? width : transforms.get(transforms.size() - 1).storedWidth();
    }

    private static RgbImage toRgb(int[] pixels, int width, int height) {
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        for (int at = 0, to = 0; at < pixels.length; at++, to += RgbImage.CHANNELS) {
            rgb[to] = (byte) (pixels[at] >> 16);
            rgb[to + 1] = (byte) (pixels[at] >> 8);
            rgb[to + 2] = (byte) pixels[at];
        }
        return new RgbImage(width, height, rgb);
    }
}
