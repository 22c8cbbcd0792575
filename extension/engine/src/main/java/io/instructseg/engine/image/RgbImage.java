package io.instructseg.engine.image;

import java.util.Objects;

/**
 * A picture of 8-bit RGB values.
 */
public final class RgbImage {

    /** Bytes of a pixel: red, green, blue. */
    static final int CHANNELS = 3;

    private final int width;
    private final int height;
    private final byte[] pixels;

    /**
     * Wraps pixels without copying them.
     *
     * @param width pixels in a row, at least 1
     * @param height rows, at least 1
     * @param pixels {@code [height, width, 3]} unsigned bytes, row-major
     * @throws IllegalArgumentException if the sizes do not fit together
     */
    public RgbImage(int width, int height, byte[] pixels) {
        Objects.requireNonNull(pixels, "pixels");
        if (width < 1 || height < 1 || (long) width * height * CHANNELS != pixels.length) {
            throw new IllegalArgumentException("an RGB image of " + width + "x" + height + " needs "
                    + (long) width * height * CHANNELS + " bytes, found " + pixels.length);
        }
        this.width = width;
        this.height = height;
        this.pixels = pixels;
    }

    /** Pixels in a row. */
    public int width() {
        return width;
    }

    /** Number of rows. */
    public int height() {
        return height;
    }

    /**
     * The pixels, {@code [height, width, 3]} unsigned bytes, row-major: the image's own array, not a copy. Who writes
     * to it changes the image.
     */
    public byte[] pixels() {
        return pixels;
    }
}
