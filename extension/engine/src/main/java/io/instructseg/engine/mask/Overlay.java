package io.instructseg.engine.mask;

import java.util.function.IntBinaryOperator;

import io.instructseg.engine.image.RgbImage;

/**
 * A picture with a mask, or the objects of a map of labels, painted over it: a tint with a white contour; the rest of the
 * picture is dimmed.
 */
public final class Overlay {

    /** Of label 1: a blue that few pictures have much of, red, green, blue. */
    private static final byte[] TINT = { 0, 0, 0, 30, 120, (byte) 255 };
    /** How much of the tint covers the picture inside of an object, of 256. */
    private static final int OPACITY = 115;
    /** How bright the picture stays outside of the mask, of 256. */
    private static final int OUTSIDE = 176;
    private static final int CHANNELS = 3;

    private final RgbImage image;
    private final IntBinaryOperator labels;
    private final byte[] tints;
    /** Pixels that the contour is wide. */
    private final int contour;

    /**
     * @param labels of a column and a row; 0 is outside
     * @param tints red, green and blue of each label
     */
    private Overlay(RgbImage image, IntBinaryOperator labels, byte[] tints) {
        this.image = image;
        this.labels = labels;
        this.tints = tints;
        this.contour = Math.max(1, Math.min(image.width(), image.height()) / 300);
    }

    /**
     * Paints a mask.
     *
     * @return a PNG of the picture's size
     * @throws IllegalArgumentException if picture and mask differ in size
     */
    public static byte[] png(RgbImage image, Mask mask) {
        requireSize(image, "a mask", mask.width(), mask.height());
        Overlay overlay = new Overlay(image, (x, y) -> mask.get(x, y) ? 1 : 0, TINT);
        byte[] row = new byte[image.width() * CHANNELS];
        return PngWriter.rgb(image.width(), image.height(), y -> {
            overlay.paint(y, row, 0);
            return row;
        });
    }

    /**
     * Paints each object in its color of the DAVIS data set.
     *
     * @return a picture of the same size
     * @throws IllegalArgumentException if picture and labels differ in size
     */
    public static RgbImage paint(RgbImage image, LabelMap labels) {
        requireSize(image, "labels", labels.width(), labels.height());
        Overlay overlay = new Overlay(image, labels::get, DavisPalette.colors());
        byte[] pixels = new byte[image.pixels().length];
        for (int y = 0; y < image.height(); y++) {
            overlay.paint(y, pixels, y * image.width() * CHANNELS);
        }
        return new RgbImage(image.width(), image.height(), pixels);
    }

    private static void requireSize(RgbImage image, String what, int width, int height) {
        if (image.width() != width || image.height() != height) {
            throw new IllegalArgumentException(what + " of " + width + "x" + height + " over a picture of " + image.width()
                    + "x" + image.height());
        }
    }

    /** Paints row {@code y} to {@code target}, from {@code offset} on. */
    private void paint(int y, byte[] target, int offset) {
        for (int x = 0; x < image.width(); x++) {
            int label = labels.applyAsInt(x, y);
            boolean edge = label != 0 && isEdge(label, x, y);
            int from = (y * image.width() + x) * CHANNELS;
            for (int c = 0; c < CHANNELS; c++) {
                int value = image.pixels()[from + c] & 0xff;
                int tint = tints[label * CHANNELS + c] & 0xff;
                int painted = label == 0 ? value * OUTSIDE >> 8 : (value * (256 - OPACITY) + tint * OPACITY) >> 8;
                target[offset + x * CHANNELS + c] = (byte) (edge ? 255 : painted);
            }
        }
    }

    /** Whether the object's outside is within reach: left, right, above, below or, rounding corners, diagonally. */
    private boolean isEdge(int label, int x, int y) {
        int diagonal = contour * 181 / 256;
        return isOutside(label, x - contour, y) || isOutside(label, x + contour, y) || isOutside(label, x, y - contour)
                || isOutside(label, x, y + contour) || isOutside(label, x - diagonal, y - diagonal)
                || isOutside(label, x + diagonal, y - diagonal) || isOutside(label, x - diagonal, y + diagonal)
                || isOutside(label, x + diagonal, y + diagonal);
    }

    /** Beyond the picture's border nothing is outside: an object that is cut off there has no contour. */
    private boolean isOutside(int label, int x, int y) {
        return x >= 0 && y >= 0 && x < image.width() && y < image.height() && labels.applyAsInt(x, y) != label;
    }
}
