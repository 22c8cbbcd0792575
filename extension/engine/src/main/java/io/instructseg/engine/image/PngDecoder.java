package io.instructseg.engine.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;

/**
 * PNG (W3C recommendation, second edition), row by row: what it holds at a time is the RGB picture and two rows, whatever
 * the file claims, and no chunk but the pixels is inflated. As in Pillow, alpha is dropped, 16-bit gray is
 * {@code min(value, 255)}, other 16-bit samples keep their high byte, checksums are not checked, and rows that a truncated
 * file lacks are black.
 */
final class PngDecoder {

    private static final int SIGNATURE = 8;
    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504c5445;
    private static final int IDAT = 0x49444154;
    private static final int EXIF = 0x65584966;
    private static final int IEND = 0x49454e44;
    /** First column, first row, column step, row step of the seven Adam7 passes. */
    private static final int[][] ADAM7 = { { 0, 0, 8, 8 }, { 4, 0, 8, 8 }, { 0, 4, 4, 8 }, { 2, 0, 4, 4 }, { 0, 2, 2, 4 },
            { 1, 0, 2, 2 }, { 0, 1, 1, 2 } };
    private static final int[][] ONE_PASS = { { 0, 0, 1, 1 } };

    private final byte[] data;
    private PngPixels format;
    private int width;
    private int height;
    private boolean interlaced;
    private Palette palette;
    private int firstPixels = -1;
    private byte[] exif = Decoded.NO_EXIF;

    private PngDecoder(byte[] data) {
        this.data = data;
    }

    static Decoded decode(byte[] data, ImageLimits limits) throws ImageException {
        PngDecoder decoder = new PngDecoder(data);
        decoder.readHeader(limits);
        decoder.readChunks();
        return decoder.readPixels();
    }

    private void readHeader(ImageLimits limits) throws ImageException {
        ByteBuffer header = ByteBuffer.wrap(data).position(SIGNATURE);
        int length = header.getInt();
        int type = header.getInt();
        if (type != IHDR || length != 13) {
            throw new ImageException("damaged PNG: expected an IHDR chunk of 13 bytes first");
        }
        width = header.getInt();
        height = header.getInt();
        limits.checkSize(width, height);
        int depth = header.get();
        int colorType = header.get();
        header.getShort(); // compression and filter method: there is only one
        interlaced = header.get() == 1;
        format = PngPixels.of(colorType, depth);
    }

    private void readChunks() throws ImageException {
        ByteBuffer chunks = ByteBuffer.wrap(data).position(SIGNATURE + 25);
        while (chunks.remaining() >= 8) {
            int length = chunks.getInt();
            int type = chunks.getInt();
            int start = chunks.position();
            if (type == IDAT && firstPixels < 0) {
                firstPixels = start - 8;
            }
            if (type == IEND || length < 0 || length > chunks.remaining()) {
                break;
            }
            if (type == PLTE && firstPixels < 0) {
                palette = Palette.ofRgb(data, start, Math.min(length / 3, 256));
            } else if (type == EXIF) {
                exif = Arrays.copyOfRange(data, start, start + length);
            }
            chunks.position(Math.min(start + length + 4, chunks.limit()));
        }
        if (firstPixels < 0) {
            throw new ImageException("damaged PNG: no IDAT chunk with pixels in " + data.length + " bytes");
        }
        if (format.indexed() && palette == null) {
            throw new ImageException("damaged PNG: no PLTE chunk with the colors before the pixels");
        }
    }

    private Decoded readPixels() throws ImageException {
        byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
        boolean complete = true;
        try (PngInflater source = new PngInflater(data, firstPixels, IDAT)) {
            for (int[] pass : interlaced ? ADAM7 : ONE_PASS) {
                complete = complete && readPass(source, pass, rgb);
            }
        } catch (DataFormatException e) {
            throw new ImageException("damaged PNG: the compressed pixels can't be read: " + e.getMessage(), e);
        }
        return new Decoded(new RgbImage(width, height, rgb), !complete, exif);
    }

    private boolean readPass(PngInflater source, int[] pass, byte[] rgb) throws DataFormatException, ImageException {
        int columns = (width - pass[0] + pass[2] - 1) / pass[2];
        if (columns <= 0) {
            return true;
        }
        int bytes = (int) (((long) columns * format.bits() + 7) / 8);
        byte[] row = new byte[bytes + 1];
        byte[] above = new byte[bytes + 1];
        for (int y = pass[1]; y < height; y += pass[3]) {
            if (!source.readFully(row)) {
                return false;
            }
            unfilter(row, above, Math.max(format.bits() / 8, 1));
            format.write(row, columns, palette, rgb, (y * width + pass[0]) * RgbImage.CHANNELS, pass[2] * RgbImage.CHANNELS);
            byte[] spare = above;
            above = row;
            row = spare;
        }
        return true;
    }

    /** Undoes a row's filter in place; the filter's type is the byte at 0, {@code step} the bytes to the left neighbor. */
    private static void unfilter(byte[] row, byte[] above, int step) throws ImageException {
        int n = row.length;
        switch (row[0]) {
            case 0 -> {
            }
            case 1 -> {
                for (int i = 1 + step; i < n; i++) {
                    row[i] += row[i - step];
                }
            }
            case 2 -> {
                for (int i = 1; i < n; i++) {
                    row[i] += above[i];
                }
            }
            case 3 -> {
                for (int i = 1; i < n; i++) {
                    int left = i > step ? row[i - step] & 0xff : 0;
                    row[i] += (byte) ((left + (above[i] & 0xff)) >> 1);
                }
            }
            case 4 -> unfilterPaeth(row, above, step);
            default -> throw new ImageException("damaged PNG: found row filter " + row[0] + ", expected 0 to 4");
        }
    }

    private static void unfilterPaeth(byte[] row, byte[] above, int step) {
        for (int i = 1; i < row.length; i++) {
            int a = i > step ? row[i - step] & 0xff : 0;
            int b = above[i] & 0xff;
            int c = i > step ? above[i - step] & 0xff : 0;
            int toA = Math.abs(b - c);
            int toB = Math.abs(a - c);
            int toC = Math.abs(a + b - 2 * c);
            row[i] += (byte) (toA <= toB && toA <= toC ? a : toB <= toC ? b : c);
        }
    }
}
