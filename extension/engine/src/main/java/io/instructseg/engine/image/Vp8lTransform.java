package io.instructseg.engine.image;

import java.util.Arrays;

/**
 * The transforms of lossless WebP (RFC 9649, section 4), undone in place but for color indexing.
 */
final class Vp8lTransform {

    static final int TYPES = 4;

    private static final int PREDICTOR = 0;
    private static final int COLOR = 1;
    private static final int SUBTRACT_GREEN = 2;
    private static final int COLOR_INDEXING = 3;

    private final int type;
    /** Width of the image that the transform gives. */
    private final int width;
    private final int height;
    /** Of a tile's side, or of the pixels that are packed into one. */
    private final int bits;
    /** What the tiles are transformed with, or the colors. */
    private final int[] data;

    private Vp8lTransform(int type, int width, int height, int bits, int[] data) {
        this.type = type;
        this.width = width;
        this.height = height;
        this.bits = bits;
        this.data = data;
    }

    /** Reads a transform of an image whose size it is to have. */
    static Vp8lTransform read(Vp8lBits in, int type, int width, int height) throws ImageException {
        if (type == SUBTRACT_GREEN) {
            return new Vp8lTransform(type, width, height, 0, new int[0]);
        }
        if (type == PREDICTOR || type == COLOR) {
            int bits = 2 + in.number(3);
            int[] tiles = Vp8lImage.read(in, Vp8lImage.divide(width, bits), Vp8lImage.divide(height, bits), false);
            return new Vp8lTransform(type, width, height, bits, tiles);
        }
        int colors = 1 + in.number(8);
        int bits = colors > 16 ? 0 : colors > 4 ? 1 : colors > 2 ? 2 : 3;
        int[] differences = Vp8lImage.read(in, colors, 1, false);
        int[] table = Arrays.copyOf(differences, 1 << (8 >> bits)); // indexes beyond the colors are transparent black
        for (int i = 1; i < colors; i++) {
            table[i] = Vp8lPredictor.add(table[i - 1], differences[i]);
        }
        return new Vp8lTransform(type, width, height, bits, table);
    }

    /** Width of the image that the transform takes. */
    int storedWidth() {
        return type == COLOR_INDEXING ? Vp8lImage.divide(width, bits) : width;
    }

    int[] undo(int[] pixels) {
        switch (type) {
            case PREDICTOR -> undoPrediction(pixels);
            case COLOR -> undoColor(pixels);
            case SUBTRACT_GREEN -> addGreen(pixels);
            default -> {
                return lookUp(pixels);
            }
        }
        return pixels;
    }

    private void undoPrediction(int[] pixels) {
        pixels[0] = Vp8lPredictor.add(pixels[0], Vp8lPredictor.BLACK);
        for (int x = 1; x < width; x++) {
            pixels[x] = Vp8lPredictor.add(pixels[x], pixels[x - 1]);
        }
        int columns = Vp8lImage.divide(width, bits);
        for (int y = 1; y < height; y++) {
            int row = y * width;
            pixels[row] = Vp8lPredictor.add(pixels[row], pixels[row - width]);
            for (int x = 1; x < width; x++) {
                int mode = data[(y >> bits) * columns + (x >> bits)] >> 8 & 0xf;
                pixels[row + x] = Vp8lPredictor.add(pixels[row + x], Vp8lPredictor.predict(mode, pixels, row + x, width));
            }
        }
    }

    private void undoColor(int[] pixels) {
        int columns = Vp8lImage.divide(width, bits);
        for (int at = 0; at < pixels.length; at++) {
            int factors = data[(at / width >> bits) * columns + (at % width >> bits)];
            int pixel = pixels[at];
            byte green = (byte) (pixel >> 8);
            int red = (pixel >> 16) + delta(factors, green) & 0xff;
            int blue = pixel + delta(factors >> 8, green) + delta(factors >> 16, (byte) red) & 0xff;
            pixels[at] = pixel & 0xff00ff00 | red << 16 | blue;
        }
    }

    private static int delta(int factor, byte color) {
        return (byte) factor * color >> 5;
    }

    private static void addGreen(int[] pixels) {
        for (int at = 0; at < pixels.length; at++) {
            int green = pixels[at] >> 8 & 0xff;
            pixels[at] = Vp8lPredictor.add(pixels[at], green << 16 | green);
        }
    }

    private int[] lookUp(int[] packed) {
        int[] pixels = new int[width * height];
        int bitsOfIndex = 8 >> bits;
        int stride = storedWidth();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int indexes = packed[y * stride + (x >> bits)] >> 8 & 0xff;
                int index = indexes >> (x & (1 << bits) - 1) * bitsOfIndex & (1 << bitsOfIndex) - 1;
                pixels[y * width + x] = data[index];
            }
        }
        return pixels;
    }
}
