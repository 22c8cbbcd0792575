package io.instructseg.engine.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first frame of a GIF (87a, 89a) on its canvas. As in Pillow, what the frame doesn't cover, and what a truncated file
 * lacks, has the transparent index's color, or that of index 0.
 */
final class GifDecoder {

    private static final int GRAPHIC_CONTROL = 0xf9;

    private final byte[] data;
    private final ByteBuffer in;
    private Palette palette = Palette.gray();
    private int transparent;

    private GifDecoder(byte[] data) {
        this.data = data;
        this.in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    }

    static Decoded decode(byte[] data, ImageLimits limits) throws ImageException {
        return new GifDecoder(data).decode(limits);
    }

    private Decoded decode(ImageLimits limits) throws ImageException {
        in.position(6);
        int canvasWidth = readUnsignedShort();
        int canvasHeight = readUnsignedShort();
        int flags = in.get();
        in.getShort(); // background index and aspect ratio: Pillow ignores both here
        readPalette(flags);
        seekFirstFrame();
        int left = readUnsignedShort();
        int top = readUnsignedShort();
        int width = readUnsignedShort();
        int height = readUnsignedShort();
        limits.checkSize(Math.max(canvasWidth, left + width), Math.max(canvasHeight, top + height));
        limits.checkSize(width, height);
        canvasWidth = Math.max(canvasWidth, left + width);
        canvasHeight = Math.max(canvasHeight, top + height);
        int frameFlags = in.get();
        readPalette(frameFlags);

        byte[] indices = new byte[width * height];
        int read = new GifLzw(in, indices).read();
        byte[] rgb = new byte[canvasWidth * canvasHeight * RgbImage.CHANNELS];
        for (int i = 0; i < rgb.length; i += RgbImage.CHANNELS) {
            palette.write(transparent, rgb, i);
        }
        boolean interlaced = (frameFlags & 0x40) != 0;
        for (int i = 0, line = 0; i < read; i += width, line++) {
            int y = top + (interlaced ? interlacedRow(line, height) : line);
            writeRow(indices, i, Math.min(width, read - i), rgb, (y * canvasWidth + left) * RgbImage.CHANNELS);
        }
        return new Decoded(new RgbImage(canvasWidth, canvasHeight, rgb), read < indices.length, Decoded.NO_EXIF);
    }

    private void writeRow(byte[] indices, int from, int count, byte[] rgb, int at) {
        for (int i = 0; i < count; i++) {
            palette.write(indices[from + i] & 0xff, rgb, at + i * RgbImage.CHANNELS);
        }
    }

    /** The row that the n-th stored line of an interlaced frame belongs to: every 8th, the 4ths between, and so on. */
    private static int interlacedRow(int line, int height) {
        int[][] passes = { { 0, 8 }, { 4, 8 }, { 2, 4 }, { 1, 2 } };
        int left = line;
        for (int[] pass : passes) {
            int lines = (height - pass[0] + pass[1] - 1) / pass[1];
            if (left < lines) {
                return pass[0] + left * pass[1];
            }
            left -= lines;
        }
        throw new IllegalStateException("line " + line + " of " + height);
    }

    private void readPalette(int flags) {
        if ((flags & 0x80) != 0) {
            int count = 2 << (flags & 7);
            palette = Palette.ofRgb(data, in.position(), count);
            in.position(in.position() + 3 * count);
        }
    }

    /** Skips to behind the separator of the first frame. */
    private void seekFirstFrame() throws ImageException {
        while (true) {
            int block = in.get();
            if (block == ',') {
                return;
            }
            if (block == ';') {
                throw new ImageException("damaged GIF: it ends without a picture");
            }
            if (block == '!') {
                readExtension();
            }
        }
    }

    private void readExtension() {
        int label = in.get() & 0xff;
        for (int size = in.get() & 0xff; size > 0; size = in.get() & 0xff) {
            int next = in.position() + size;
            if (label == GRAPHIC_CONTROL && size >= 4) {
                transparent = (in.get() & 1) != 0 ? in.get(in.position() + 2) & 0xff : 0;
            }
            in.position(next);
        }
    }

    private int readUnsignedShort() {
        return in.getShort() & 0xffff;
    }
}
