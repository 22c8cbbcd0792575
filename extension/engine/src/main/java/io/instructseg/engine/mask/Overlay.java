package io.instructseg.engine.mask;

import io.instructseg.engine.image.RgbImage;

/**
 * A picture with a mask painted over it.
 */
public final class Overlay {

    /** A blue that few pictures have much of, red, green, blue. */
    private static final int[] TINT = { 30, 120, 255 };
    /** How much of the tint covers the picture inside the mask, of 256. */
    private static final int OPACITY = 115;
    /** How bright the picture stays outside of the mask, of 256. */
    private static final int OUTSIDE = 176;
    private static final int CHANNELS = 3;

    private Overlay() {
    }

    /**
     * Paints the mask as a tint with a white contour; the rest of the picture is dimmed.
     *
     * @return a PNG of the picture's size
     * @throws IllegalArgumentException if picture and mask differ in size
     */
    public static byte[] png(RgbImage image, Mask mask) {
        if (image.width() != mask.width() || image.height() != mask.height()) {
            throw new IllegalArgumentException("a mask of " + mask.width() + "x" + mask.height() + " over a picture of "
                    + image.width() + "x" + image.height());
        }
        int contour = Math.max(1, Math.min(image.width(), image.height()) / 300);
        byte[] row = new byte[image.width() * CHANNELS];
        return PngWriter.rgb(image.width(), image.height(), y -> {
            for (int x = 0; x < image.width(); x++) {
                paint(image, mask, x, y, contour, row);
            }
            return row;
        });
    }

    private static void paint(RgbImage image, Mask mask, int x, int y, int contour, byte[] row) {
        boolean inside = mask.get(x, y);
        boolean edge = inside && isEdge(mask, x, y, contour);
        int from = (y * image.width() + x) * CHANNELS;
        for (int c = 0; c < CHANNELS; c++) {
            int value = image.pixels()[from + c] & 0xff;
            int painted = inside ? (value * (256 - OPACITY) + TINT[c] * OPACITY) >> 8 : value * OUTSIDE >> 8;
            row[x * CHANNELS + c] = (byte) (edge ? 255 : painted);
        }
    }

    /** Whether the outside is within reach: left, right, above, below or, rounding corners, diagonally. */
    private static boolean isEdge(Mask mask, int x, int y, int reach) {
        int diagonal = reach * 181 / 256;
        return isOutside(mask, x - reach, y) || isOutside(mask, x + reach, y) || isOutside(mask, x, y - reach)
                || isOutside(mask, x, y + reach) || isOutside(mask, x - diagonal, y - diagonal)
                || isOutside(mask, x + diagonal, y - diagonal) || isOutside(mask, x - diagonal, y + diagonal)
                || isOutside(mask, x + diagonal, y + diagonal);
    }

    /** Beyond the picture's border nothing is outside: a mask that is cut off there has no contour. */
    private static boolean isOutside(Mask mask, int x, int y) {
        return x >= 0 && y >= 0 && x < mask.width() && y < mask.height() && !mask.get(x, y);
    }
}
