package io.instructseg.engine.mask;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Which pixels of a picture belong to what was asked for: one bit a pixel, immutable.
 */
public final class Mask {

    private final int width;
    private final int height;
    /** Bit {@code y * width + x}, 64 in a word, the lowest first; the bits behind the last pixel are 0. */
    private final long[] words;
    private final long area;

    private Mask(int width, int height, long[] words) {
        this.width = width;
        this.height = height;
        this.words = words;
        this.area = Arrays.stream(words).map(Long::bitCount).sum();
    }

    /**
     * A mask without any pixel inside.
     *
     * @throws IllegalArgumentException if the size is empty or has more than 2^31 - 1 pixels
     */
    public static Mask empty(int width, int height) {
        if (width < 1 || height < 1 || (long) width * height > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a mask of " + width + "x" + height + ": expected 1 to 2^31 - 1 pixels");
        }
        return new Mask(width, height, new long[wordCount(width, height)]);
    }

    /**
     * A mask of {@code width * height} values, row-major.
     *
     * @throws IllegalArgumentException if there are not as many values as pixels
     */
    public static Mask of(int width, int height, boolean[] values) {
        checkCount(width, height, values.length);
        return of(width, height, pixel -> values[pixel]);
    }

    /**
     * A mask of {@code width * height} bytes, row-major, from the buffer's position on, which stays where it is. Every byte
     * but 0 is in the mask.
     *
     * @throws IllegalArgumentException if there are not as many bytes as pixels
     */
    public static Mask of(int width, int height, ByteBuffer values) {
        checkCount(width, height, values.remaining());
        int start = values.position();
        return of(width, height, pixel -> values.get(start + pixel) != 0);
    }

    private static Mask of(int width, int height, IntPredicate inside) {
        int pixels = width * height;
        long[] words = new long[wordCount(width, height)];
        for (int pixel = 0; pixel < pixels; pixel++) {
            if (inside.test(pixel)) {
                words[pixel >> 6] |= 1L << pixel;
            }
        }
        return new Mask(width, height, words);
    }

    /** Takes ownership of the words. */
    static Mask ofWords(int width, int height, long[] words) {
        return new Mask(width, height, words);
    }

    static int wordCount(int width, int height) {
        return (int) (((long) width * height + 63) / 64);
    }

    private static void checkCount(int width, int height, int found) {
        if (width < 1 || height < 1 || (long) width * height != found) {
            throw new IllegalArgumentException("a mask of " + width + "x" + height + " needs " + (long) width * height
                    + " values, found " + found);
        }
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
     * Whether the pixel in column x and row y belongs to the mask.
     *
     * @throws IndexOutOfBoundsException if there is no such pixel
     */
    public boolean get(int x, int y) {
        if (x < 0 || y < 0 || x >= width || y >= height) {
            throw new IndexOutOfBoundsException("pixel " + x + "," + y + " of a mask of " + width + "x" + height);
        }
        return get(y * width + x);
    }

    private boolean get(int pixel) {
        return (words[pixel >> 6] >>> pixel & 1) != 0;
    }

    /** Number of pixels in the mask. */
    public long area() {
        return area;
    }

    /**
     * Pixels {@code 64 * word} and up of a row, the leftmost in the lowest bit; 0 where there is no pixel.
     *
     * @param y any row, also above and below the picture
     * @param word from 0 to {@code width() / 64}
     */
    long rowWord(int y, int word) {
        int count = Math.min(64, width - 64 * word);
        if (y < 0 || y >= height || count == 0) {
            return 0;
        }
        int first = y * width + 64 * word;
        int last = first + count - 1;
        long bits = words[first >> 6] >>> first;
        if (last >> 6 != first >> 6) {
            bits |= words[last >> 6] << -first;
        }
        return bits & -1L >>> -count;
    }

    /** The smallest box around the mask; empty if the mask is. */
    public Optional<Box> boundingBox() {
        if (area == 0) {
            return Optional.empty();
        }
        int first = nextInside(0);
        int last = first;
        int left = width;
        int right = 0;
        for (int pixel = first; pixel >= 0; pixel = nextInside(pixel + 1)) {
            left = Math.min(left, pixel % width);
            right = Math.max(right, pixel % width);
            last = pixel;
        }
        return Optional.of(new Box(left, first / width, right - left + 1, last / width - first / width + 1));
    }

    /** The first pixel of the mask from here on, -1 if there is none. */
    int nextInside(int from) {
        int index = from >> 6;
        if (index >= words.length) {
            return -1;
        }
        long word = words[index] & -1L << from;
        while (word == 0) {
            if (++index == words.length) {
                return -1;
            }
            word = words[index];
        }
        return (index << 6) + Long.numberOfTrailingZeros(word);
    }

    /**
     * Polygons that cover the mask and nothing else, by the even-odd and by the non-zero rule, by their first corner from top
     * to bottom and from left to right; none if the mask is empty. Coordinates are corners of pixels, so that the areas sum up
     * to {@link #area()}.
     * <p>
     * Pixels belong to the same polygon if they hang together by their sides. The same goes for holes: where only corners
     * meet, two rings touch. No ring crosses or touches itself, and no two share more than single points, so this is a valid
     * multi-polygon in the sense of OGC Simple Features and GeoJSON (RFC 7946). What lies in a hole is a polygon of its own.
     * <p>
     * Time goes with the number of pixels, 64 at once, and the length of the boundary; memory with {@link #cornerCount()}, 20
     * to 60 bytes each. A mask of noise has up to two for each pixel: ask before, if the mask may be anything.
     *
     * @throws IllegalStateException if there are more than 2^29 corners
     */
    public List<Polygon> polygons() {
        return PolygonTracer.trace(this);
    }

    /** Number of corners that the rings of {@link #polygons()} have together. Costs little, however many there are. */
    public long cornerCount() {
        return Corners.count(this);
    }

    /**
     * Intersection over union; 1 for two empty masks.
     *
     * @throws IllegalArgumentException if the masks differ in size
     */
    public double iou(Mask other) {
        if (width != other.width || height != other.height) {
            throw new IllegalArgumentException("masks of different sizes: " + width + "x" + height + " and " + other.width
                    + "x" + other.height);
        }
        long intersection = 0;
        for (int i = 0; i < words.length; i++) {
            intersection += Long.bitCount(words[i] & other.words[i]);
        }
        long union = area + other.area - intersection;
        return union == 0 ? 1 : (double) intersection / union;
    }

    /** A PNG of 8-bit gray: 255 inside, 0 outside. */
    public byte[] toPng() {
        byte[] row = new byte[width];
        return PngWriter.gray(width, height, y -> {
            for (int x = 0; x < width; x++) {
                row[x] = (byte) (get(y * width + x) ? 255 : 0);
            }
            return row;
        });
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mask mask && width == mask.width && height == mask.height
                && Arrays.equals(words, mask.words);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(words);
    }

    @Override
    public String toString() {
        return "Mask[" + width + "x" + height + ", area " + area + "]";
    }
}
