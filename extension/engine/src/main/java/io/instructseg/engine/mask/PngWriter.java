package io.instructseg.engine.mask;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes PNGs of 8-bit gray, RGB and colors of a palette, row by row. RGB rows are stored as differences to the row above,
 * which compresses photographs.
 */
final class PngWriter {

    private static final byte[] SIGNATURE = { (byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
    private static final byte GRAY = 0;
    private static final byte RGB = 2;
    private static final byte INDEXED = 3;
    private static final byte[] NO_PALETTE = {};
    private static final byte NO_FILTER = 0;
    private static final byte FILTER_UP = 2;

    private PngWriter() {
    }

    /** @param rows gives a row's {@code width} bytes; the array may be used again for the next row */
    static byte[] gray(int width, int height, IntFunction<byte[]> rows) {
        return png(width, height, GRAY, NO_PALETTE, width, rows);
    }

    /** @param rows gives a row's {@code width * 3} bytes; the array may be used again for the next row */
    static byte[] rgb(int width, int height, IntFunction<byte[]> rows) {
        return png(width, height, RGB, NO_PALETTE, Math.multiplyExact(width, 3), rows);
    }

    /**
     * @param palette red, green and blue of up to 256 colors
     * @param rows gives a row's {@code width} indices of colors; the array may be used again for the next row
     */
    static byte[] indexed(int width, int height, byte[] palette, IntFunction<byte[]> rows) {
        return png(width, height, INDEXED, palette, width, rows);
    }

    private static byte[] png(int width, int height, byte colorType, byte[] palette, int stride,
            IntFunction<byte[]> rows) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        byte[] header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).put(colorType).array();
        writeChunk(out, "IHDR", header);
        if (colorType == INDEXED) {
            writeChunk(out, "PLTE", palette);
        }
        writeChunk(out, "IDAT", compress(height, stride, colorType == RGB ? FILTER_UP : NO_FILTER, rows));
        writeChunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static byte[] compress(int height, int stride, byte filter, IntFunction<byte[]> rows) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        byte[] filtered = new byte[stride + 1];
        byte[] above = new byte[stride];
        byte[] buffer = new byte[1 << 16];
        try {
            for (int y = 0; y < height; y++) {
                byte[] row = rows.apply(y);
                filtered[0] = filter;
                for (int i = 0; i < stride; i++) {
                    filtered[i + 1] = (byte) (filter == FILTER_UP ? row[i] - above[i] : row[i]);
                }
                System.arraycopy(row, 0, above, 0, stride);
                deflater.setInput(filtered);
                drain(deflater, buffer, out);
            }
            deflater.finish();
            drain(deflater, buffer, out);
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static void drain(Deflater deflater, byte[] buffer, ByteArrayOutputStream out) {
        for (int count = deflater.deflate(buffer); count > 0; count = deflater.deflate(buffer)) {
            out.write(buffer, 0, count);
        }
    }

    private static void writeChunk(ByteArrayOutputStream out, String type, byte[] content) {
        ByteBuffer chunk = ByteBuffer.allocate(content.length + 12).putInt(content.length);
        for (int i = 0; i < type.length(); i++) {
            chunk.put((byte) type.charAt(i));
        }
        chunk.put(content);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, content.length + 4);
        out.writeBytes(chunk.putInt((int) crc.getValue()).array());
    }
}
