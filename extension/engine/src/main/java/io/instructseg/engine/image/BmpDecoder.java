package io.instructseg.engine.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Windows and OS/2 bitmaps: 1, 4 and 8 bits with a palette (run-length encoded, too), 16, 24 and 32 bits. As in Pillow, alpha
 * is dropped, and what a truncated file lacks is black, or the color of index 0.
 */
final class BmpDecoder {

    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BITFIELDS = 3;
    private static final int OS2_HEADER = 12;

    private final byte[] data;
    private final ByteBuffer in;
    private int width;
    private int height;
    private boolean topDown;
    private int bits;
    private int compression;
    private Palette palette = Palette.gray();
    private final int[] masks = { 0xff0000, 0xff00, 0xff };

    private BmpDecoder(byte[] data) {
        this.data = data;
        this.in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    }

    static Decoded decode(byte[] data, ImageLimits limits) throws ImageException {
        BmpDecoder decoder = new BmpDecoder(data);
        int pixels = decoder.readHeader(limits);
        return decoder.readPixels(pixels);
    }

    /** Returns where the pixels start. */
    private int readHeader(ImageLimits limits) throws ImageException {
        int pixels = in.getInt(10);
        int headerSize = in.getInt(14);
        in.position(18);
        if (headerSize == OS2_HEADER) {
            readOs2Header();
        } else if (headerSize >= 40 && headerSize <= 124) {
            readWindowsHeader();
        } else {
            throw new ImageException(ImageException.Kind.UNSUPPORTED,
                    "unsupported BMP: found a header of " + headerSize + " bytes, expected 12 or 40 to 124");
        }
        limits.checkSize(width, height);
        checkFormat();
        int afterHeader = 14 + headerSize + (compression == BITFIELDS && headerSize == 40 ? 12 : 0);
        if (bits <= 8) {
            int entry = headerSize == OS2_HEADER ? 3 : 4;
            int colors = headerSize == OS2_HEADER || in.getInt(46) <= 0 ? 1 << bits : Math.min(in.getInt(46), 256);
            palette = Palette.of(data, afterHeader, colors, entry, 2, 1, 0);
        }
        if (pixels < 0 || pixels > data.length) {
            throw new ImageException("damaged BMP: its pixels start at byte " + (pixels & 0xffffffffL) + " of " + data.length);
        }
        return pixels;
    }

    private void readOs2Header() {
        width = in.getShort() & 0xffff;
        height = in.getShort() & 0xffff;
        in.getShort();
        bits = in.getShort();
    }

    private void readWindowsHeader() {
        width = in.getInt();
        int signedHeight = in.getInt();
        topDown = signedHeight < 0;
        height = Math.abs(signedHeight);
        in.getShort();
        bits = in.getShort();
        compression = in.getInt();
        if (bits == 16) {
            setMasks(0x7c00, 0x3e0, 0x1f);
        }
        if (compression == BITFIELDS) {
            setMasks(in.getInt(54), in.getInt(58), in.getInt(62));
        }
    }

    private void setMasks(int red, int green, int blue) {
        masks[0] = red;
        masks[1] = green;
        masks[2] = blue;
    }

    private void checkFormat() throws ImageException {
        boolean valid = switch (compression) {
            case 0 -> bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
            case RLE8 -> bits == 8;
            case RLE4 -> bits == 4;
            case BITFIELDS -> bits == 16 || bits == 32;
            default -> false;
        };
        if (!valid) {
            throw new ImageException(ImageException.Kind.UNSUPPORTED,
                    "unsupported BMP: found " + bits + " bits with compression " + compression);
        }
    }

    private Decoded readPixels(int start) {
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        in.position(start);
        boolean complete = compression == RLE8 || compression == RLE4 ? readRunLengths(rgb) : readRows(start, rgb);
        return new Decoded(new RgbImage(width, height, rgb), !complete, Decoded.NO_EXIF);
    }

    private boolean readRunLengths(byte[] rgb) {
        byte[] indices = new byte[width * height];
        boolean complete = new BmpRunLengths(in, width, height, compression == RLE4).read(indices);
        for (int i = 0; i < indices.length; i++) {
            int y = i / width;
            palette.write(indices[i] & 0xff, rgb, ((topDown ? y : height - 1 - y) * width + i % width) * RgbImage.CHANNELS);
        }
        return complete;
    }

    private boolean readRows(int start, byte[] rgb) {
        long stride = ((long) width * bits + 31) / 32 * 4;
        int used = (int) (((long) width * bits + 7) / 8);
        for (int line = 0; line < height; line++) {
            long row = start + line * stride;
            if (row + used > data.length) {
                return false;
            }
            readRow((int) row, rgb, (topDown ? line : height - 1 - line) * width * RgbImage.CHANNELS);
        }
        return true;
    }

    private void readRow(int row, byte[] rgb, int at) {
        for (int x = 0, to = at; x < width; x++, to += RgbImage.CHANNELS) {
            switch (bits) {
                case 16 -> writeMasked(in.getShort(row + 2 * x) & 0xffff, rgb, to);
                case 24 -> {
                    rgb[to] = data[row + 3 * x + 2];
                    rgb[to + 1] = data[row + 3 * x + 1];
                    rgb[to + 2] = data[row + 3 * x];
                }
                case 32 -> writeMasked(in.getInt(row + 4 * x), rgb, to);
                default -> palette.write(index(row, x), rgb, to);
            }
        }
    }

    private int index(int row, int x) {
        int bit = x * bits;
        return (data[row + (bit >> 3)] >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
    }

    private void writeMasked(int value, byte[] rgb, int at) {
        for (int c = 0; c < RgbImage.CHANNELS; c++) {
            int mask = masks[c];
            long most = mask == 0 ? 1 : (mask & 0xffffffffL) >>> Integer.numberOfTrailingZeros(mask);
            long sample = mask == 0 ? 0 : (value & mask & 0xffffffffL) >>> Integer.numberOfTrailingZeros(mask);
            rgb[at + c] = (byte) (sample * 255 / most);
        }
    }
}
