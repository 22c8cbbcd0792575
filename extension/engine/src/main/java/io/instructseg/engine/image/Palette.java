package io.instructseg.engine.image;

/**
 * Up to 256 RGB colors. Indices beyond the file's own entries are black, as in Pillow.
 */
final class Palette {

    private final byte[] colors = new byte[256 * RgbImage.CHANNELS];

    /** What a file without a palette gets: index i shows the gray i. */
    static Palette gray() {
        Palette palette = new Palette();
        for (int i = 0; i < palette.colors.length; i++) {
            palette.colors[i] = (byte) (i / RgbImage.CHANNELS);
        }
        return palette;
    }

    /** Takes {@code count} entries from the data; {@code step} bytes each, the red one at {@code red} and so on. */
    static Palette of(byte[] data, int offset, int count, int step, int red, int green, int blue) {
        Palette palette = new Palette();
        for (int i = 0; i < count; i++) {
            palette.colors[i * 3] = data[offset + i * step + red];
            palette.colors[i * 3 + 1] = data[offset + i * step + green];
            palette.colors[i * 3 + 2] = data[offset + i * step + blue];
        }
        return palette;
    }

    /** Entries in the order red, green, blue. */
    static Palette ofRgb(byte[] data, int offset, int count) {
        return of(data, offset, count, 3, 0, 1, 2);
    }

    void write(int index, byte[] rgb, int at) {
        rgb[at] = colors[index * 3];
        rgb[at + 1] = colors[index * 3 + 1];
        rgb[at + 2] = colors[index * 3 + 2];
    }
}
