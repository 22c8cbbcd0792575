package io.instructseg.engine.mask;

import java.util.Arrays;
import java.util.List;

/** Which of several objects each pixel of a picture belongs to: 0 is the background, 1 the first object. Immutable. */
public final class LabelMap {

    /** A label is a byte. */
    public static final int MOST_OBJECTS = 255;

    private final int width;
    private final int height;
    private final byte[] labels;

    /** Takes ownership of the labels. */
    LabelMap(int width, int height, byte[] labels) {
        this.width = width;
        this.height = height;
        this.labels = labels;
    }

    /**
     * Merges objects by their masks; where they overlap, the later one lies above (official {@code fuse_davis_mask}).
     *
     * @param masks of each object, of the picture's size
     * @throws IllegalArgumentException if there are more than {@link #MOST_OBJECTS}, or a mask is of another size
     */
    public static LabelMap overlapping(int width, int height, List<Mask> masks) {
        requireObjects(masks.size());
        byte[] labels = new byte[Math.multiplyExact(width, height)];
        for (int object = 0; object < masks.size(); object++) {
            Mask mask = masks.get(object);
            if (mask.width() != width || mask.height() != height) {
                throw new IllegalArgumentException("masks[" + object + "]: found " + mask.width() + "x" + mask.height()
                        + " pixels, expected " + width + "x" + height);
            }
            for (int pixel = mask.nextInside(0); pixel >= 0; pixel = mask.nextInside(pixel + 1)) {
                labels[pixel] = (byte) (object + 1);
            }
        }
        return new LabelMap(width, height, labels);
    }

    /** @throws IllegalArgumentException if there are more than {@link #MOST_OBJECTS} */
    public static void requireObjects(int objects) {
        if (objects > MOST_OBJECTS) {
            throw new IllegalArgumentException("found " + objects + " objects, expected at most " + MOST_OBJECTS);
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
     * The label of the pixel in column x and row y.
     *
     * @throws IndexOutOfBoundsException if there is no such pixel
     */
    public int get(int x, int y) {
        if (x < 0 || y < 0 || x >= width || y >= height) {
            throw new IndexOutOfBoundsException("pixel " + x + "," + y + " of labels of " + width + "x" + height);
        }
        return labels[y * width + x] & 0xff;
    }

    /** A PNG whose pixels are the labels, in the colors of the DAVIS data set: what its evaluation reads. */
    public byte[] toPng() {
        return PngWriter.indexed(width, height, DavisPalette.colors(),
                y -> Arrays.copyOfRange(labels, y * width, (y + 1) * width));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelMap map && width == map.width && height == map.height
                && Arrays.equals(labels, map.labels);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(labels);
    }

    @Override
    public String toString() {
        return "LabelMap[" + width + "x" + height + "]";
    }
}
