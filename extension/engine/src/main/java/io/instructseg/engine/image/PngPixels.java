package io.instructseg.engine.image;

/**
 * How a PNG row stores its pixels, and how Pillow turns them into RGB.
 *
 * @param colorType 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha
 * @param depth bits of a sample
 */
record PngPixels(int colorType, int depth) {

    static PngPixels of(int colorType, int depth) throws ImageException {
        boolean valid = switch (colorType) {
            case 0 -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case 3 -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case 2, 4, 6 -> depth == 8 || depth == 16;
            default -> false;
        };
        if (!valid) {
            throw new ImageException("damaged PNG: color type " + colorType + " with " + depth + " bits does not exist");
        }
        return new PngPixels(colorType, depth);
    }

    /** Bits of a pixel. */
    int bits() {
        return depth * switch (colorType) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    /** Whether samples are indices into a palette. */
    boolean indexed() {
        return colorType == 3;
    }

    /** Writes a row (its filter byte still in front) to {@code rgb}, the pixels {@code step} bytes apart. */
    void write(byte[] row, int columns, Palette palette, byte[] rgb, int at, int step) {
        switch (colorType) {
            case 0 -> writeGray(row, columns, rgb, at, step);
            case 3 -> writePalette(row, columns, palette, rgb, at, step);
            case 4 -> writeGrayAlpha(row, columns, rgb, at, step);
            default -> writeColors(row, columns, rgb, at, step);
        }
    }

    private void writeColors(byte[] row, int columns, byte[] rgb, int at, int step) {
        int sample = depth / 8;
        int pixel = bits() / 8;
        if (pixel == RgbImage.CHANNELS && step == RgbImage.CHANNELS) {
            System.arraycopy(row, 1, rgb, at, columns * RgbImage.CHANNELS);
            return;
        }
        for (int x = 0, from = 1, to = at; x < columns; x++, from += pixel, to += step) {
            rgb[to] = row[from];
            rgb[to + 1] = row[from + sample];
            rgb[to + 2] = row[from + 2 * sample];
        }
    }

    private void writeGray(byte[] row, int columns, byte[] rgb, int at, int step) {
        for (int x = 0, to = at; x < columns; x++, to += step) {
            // Pillow reads 16 bits as integers and clips them; fewer bits are spread over 0..255
            byte value = depth == 16 ? (row[1 + 2 * x] != 0 ? (byte) 255 : row[2 + 2 * x])
                    : (byte) (sample(row, x) * (255 / ((1 << depth) - 1)));
            writeGray(value, rgb, to);
        }
    }

    private void writeGrayAlpha(byte[] row, int columns, byte[] rgb, int at, int step) {
        int pixel = bits() / 8;
        for (int x = 0, to = at; x < columns; x++, to += step) {
            writeGray(row[1 + x * pixel], rgb, to);
        }
    }

    private void writePalette(byte[] row, int columns, Palette palette, byte[] rgb, int at, int step) {
        for (int x = 0, to = at; x < columns; x++, to += step) {
            palette.write(sample(row, x), rgb, to);
        }
    }

    private static void writeGray(byte value, byte[] rgb, int at) {
        rgb[at] = value;
        rgb[at + 1] = value;
        rgb[at + 2] = value;
    }

    /** The x-th sample of at most eight bits; the first one is in the highest bits. */
    private int sample(byte[] row, int x) {
        int bit = x * depth;
        return (row[1 + (bit >> 3)] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
}
