package io.instructseg.engine.image;

/**
 * The predictors of lossless WebP (RFC 9649, section 4.1), four bytes of a pixel at a time.
 */
final class Vp8lPredictor {

    static final int BLACK = 0xff000000;

    private Vp8lPredictor() {
    }

    /** The sum of each byte, modulo 256. */
    static int add(int a, int b) {
        return (a & 0xff00ff00) + (b & 0xff00ff00) & 0xff00ff00 | (a & 0xff00ff) + (b & 0xff00ff) & 0xff00ff;
    }

    /**
     * What a pixel is expected to be.
     *
     * @param pixels the image; the pixel has others before it in its row and a row above it
     * @param at which pixel
     */
    static int predict(int mode, int[] pixels, int at, int width) {
        int left = pixels[at - 1];
        int top = pixels[at - width];
        int topLeft = pixels[at - width - 1];
        int topRight = pixels[at - width + 1]; // of the last column: the row's own first pixel
        return switch (mode) {
            case 1 -> left;
            case 2 -> top;
            case 3 -> topRight;
            case 4 -> topLeft;
            case 5 -> mean(mean(left, topRight), top);
            case 6 -> mean(left, topLeft);
            case 7 -> mean(left, top);
            case 8 -> mean(topLeft, top);
            case 9 -> mean(top, topRight);
            case 10 -> mean(mean(left, topLeft), mean(top, topRight));
            case 11 -> select(left, top, topLeft);
            case 12 -> gradient(left, top, topLeft);
            case 13 -> halfGradient(mean(left, top), topLeft);
            default -> BLACK;
        };
    }

    private static int mean(int a, int b) {
        return (((a ^ b) & 0xfefefefe) >>> 1) + (a & b);
    }

    /** The neighbor that is nearer to left + top - topLeft. */
    private static int select(int left, int top, int topLeft) {
        int nearerToLeft = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int corner = topLeft >>> shift & 0xff;
            nearerToLeft += Math.abs((left >>> shift & 0xff) - corner) - Math.abs((top >>> shift & 0xff) - corner);
        }
        return nearerToLeft <= 0 ? top : left;
    }

    private static int gradient(int left, int top, int topLeft) {
        int pixel = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int value = (left >>> shift & 0xff) + (top >>> shift & 0xff) - (topLeft >>> shift & 0xff);
            pixel |= clamp(value) << shift;
        }
        return pixel;
    }

    private static int halfGradient(int mean, int topLeft) {
        int pixel = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int value = mean >>> shift & 0xff;
            pixel |= clamp(value + (value - (topLeft >>> shift & 0xff)) / 2) << shift;
        }
        return pixel;
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(value, 255));
    }
}
