package io.instructseg.engine.image;

import java.nio.ByteBuffer;

/**
 * BMP's run-length encodings RLE8 and RLE4.
 */
final class BmpRunLengths {

    private final ByteBuffer in;
    private final int width;
    private final int height;
    private final boolean halfBytes;
    private int x;
    private int line;

    BmpRunLengths(ByteBuffer in, int width, int height, boolean halfBytes) {
        this.in = in;
        this.width = width;
        this.height = height;
        this.halfBytes = halfBytes;
    }

    /** Fills the {@code height * width} indices, lines in stored order; false if the data ends before its end mark. */
    boolean read(byte[] indices) {
        while (line < height && in.remaining() >= 2) {
            int count = in.get() & 0xff;
            int value = in.get() & 0xff;
            if (count > 0) {
                for (int i = 0; i < count; i++) {
                    put(indices, index(value, i));
                }
            } else if (value == 0) {
                x = 0;
                line++;
            } else if (value == 1) {
                return true;
            } else if (value == 2) {
                if (in.remaining() < 2) {
                    return false;
                }
                x += in.get() & 0xff;
                line += in.get() & 0xff;
            } else if (!readLiteral(indices, value)) {
                return false;
            }
        }
        return line >= height;
    }

    private boolean readLiteral(byte[] indices, int count) {
        int bytes = halfBytes ? (count + 1) / 2 : count;
        if (in.remaining() < bytes) {
            return false;
        }
        int start = in.position();
        for (int i = 0; i < count; i++) {
            put(indices, index(in.get(start + (halfBytes ? i / 2 : i)), i));
        }
        in.position(Math.min(start + bytes + (bytes & 1), in.limit()));
        return true;
    }

    private int index(int value, int i) {
        return !halfBytes ? value : (i & 1) == 0 ? value >> 4 & 15 : value & 15;
    }

    private void put(byte[] indices, int index) {
        if (x < width && line < height) {
            indices[line * width + x++] = (byte) index;
        }
    }
}
