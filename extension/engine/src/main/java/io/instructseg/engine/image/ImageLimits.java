package io.instructseg.engine.image;

import io.instructseg.engine.image.ImageException.Kind;

/**
 * What a picture may cost. Both limits are checked before any pixel is decoded.
 *
 * @param maxBytes largest file, in bytes
 * @param maxPixels largest product of width and height
 */
public record ImageLimits(long maxBytes, long maxPixels) {

    /** 8000 x 8000 pixels, in a file that could hold them uncompressed. */
    public static final ImageLimits DEFAULT = new ImageLimits(256L << 20, 64_000_000);

    /** Longest side; JPEG, GIF and BMP readers of the field stop there, too. It bounds the resize's coefficients. */
    static final int MAX_SIDE = 65_535;

    /** The longest array that every JVM gives. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    /** The most pixels whose RGB bytes fit into a Java array. */
    private static final long MAX_ARRAY_PIXELS = MAX_ARRAY / RgbImage.CHANNELS;

    public ImageLimits {
        if (maxBytes < 1 || maxPixels < 1) {
            throw new IllegalArgumentException("limits must be positive: maxBytes " + maxBytes + ", maxPixels " + maxPixels);
        }
    }

    /** The largest file that is read: {@code maxBytes}, or what fits into a Java array if that is less. */
    int mostBytes() {
        return (int) Math.min(maxBytes, MAX_ARRAY - 1);
    }

    void checkBytes(long bytes) throws ImageException {
        if (bytes == 0) {
            throw new ImageException("the picture is empty: found 0 bytes");
        }
        if (bytes > mostBytes()) {
            throw new ImageException(Kind.TOO_LARGE,
                    "the picture's file is too large: found more than the limit of " + mostBytes() + " bytes");
        }
    }

    void checkSize(long width, long height) throws ImageException {
        if (width < 1 || height < 1) {
            throw new ImageException("the picture's header claims an empty size: found " + width + "x" + height
                    + ", expected at least 1x1");
        }
        if (width > MAX_SIDE || height > MAX_SIDE) {
            throw new ImageException(Kind.TOO_LARGE, "the picture's side is too long: found " + width + "x" + height
                    + ", the limit is " + MAX_SIDE);
        }
        long most = Math.min(maxPixels, MAX_ARRAY_PIXELS);
        if (width * height > most) {
            throw new ImageException(Kind.TOO_LARGE, "the picture has too many pixels: found " + width + "x" + height + " = "
                    + width * height + ", the limit is " + most);
        }
    }
}
