package io.instructseg.engine.image;

/**
 * Converts JPEG components to RGB with the integer arithmetic of libjpeg ({@code jdcolor.c}) and, for CMYK, of Pillow, which
 * takes the stored values for inverted.
 */
final class JpegColors {

    /** Products with the conversion's factors, in 16 bits fixed point, by component value. */
    private static final int[] CR_TO_RED = table(1.40200);
    private static final int[] CB_TO_BLUE = table(1.77200);
    private static final int[] CR_TO_GREEN = table(-0.71414);
    private static final int[] CB_TO_GREEN = table(-0.34414);
    private static final int HALF = 1 << 15;

    private JpegColors() {
    }

    private static int[] table(double factor) {
        int fixed = (int) (Math.abs(factor) * 65536 + 0.5) * (factor < 0 ? -1 : 1);
        int[] products = new int[256];
        for (int i = 0; i < products.length; i++) {
            products[i] = fixed * (i - 128);
        }
        return products;
    }

    /** Interleaved components to RGB; three components are converted in place. */
    static byte[] toRgb(byte[] components, JpegSegments.Color color) {
        return switch (color) {
            case GRAY -> grayToRgb(components);
            case RGB -> components;
            case YCC -> {
                yccToRgb(components, RgbImage.CHANNELS);
                yield components;
            }
            case CMYK -> cmykToRgb(components);
            case YCCK -> {
                yccToRgb(components, 4); // libjpeg inverts the result, and Pillow inverts it back
                invertColors(components);
                yield cmykToRgb(components);
            }
        };
    }

    private static byte[] grayToRgb(byte[] gray) {
        byte[] rgb = new byte[gray.length * RgbImage.CHANNELS];
        for (int i = 0, to = 0; i < gray.length; i++, to += RgbImage.CHANNELS) {
            rgb[to] = gray[i];
            rgb[to + 1] = gray[i];
            rgb[to + 2] = gray[i];
        }
        return rgb;
    }

    private static void yccToRgb(byte[] pixels, int step) {
        for (int i = 0; i < pixels.length; i += step) {
            int y = pixels[i] & 0xff;
            int cb = pixels[i + 1] & 0xff;
            int cr = pixels[i + 2] & 0xff;
            pixels[i] = clip(y + (CR_TO_RED[cr] + HALF >> 16));
            pixels[i + 1] = clip(y + (CB_TO_GREEN[cb] + CR_TO_GREEN[cr] + HALF >> 16));
            pixels[i + 2] = clip(y + (CB_TO_BLUE[cb] + HALF >> 16));
        }
    }

    private static void invertColors(byte[] cmyk) {
        for (int i = 0; i < cmyk.length; i += 4) {
            for (int c = 0; c < RgbImage.CHANNELS; c++) {
                cmyk[i + c] = (byte) ~cmyk[i + c];
            }
        }
    }

    /** Stored values are inverted: {@code key} is already what Pillow calls {@code 255 - k}. */
    private static byte[] cmykToRgb(byte[] inverted) {
        byte[] rgb = new byte[inverted.length / 4 * RgbImage.CHANNELS];
        for (int i = 0, to = 0; i < inverted.length; i += 4, to += RgbImage.CHANNELS) {
            int key = inverted[i + 3] & 0xff;
            for (int c = 0; c < RgbImage.CHANNELS; c++) {
                int product = (255 - (inverted[i + c] & 0xff)) * key + 128;
                rgb[to + c] = clip(key - ((product >> 8) + product >> 8));
            }
        }
        return rgb;
    }

    private static byte clip(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }
}
