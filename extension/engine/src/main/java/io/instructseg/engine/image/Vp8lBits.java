package io.instructseg.engine.image;

/**
 * Reads the bits of lossless WebP, lowest first, from a part of an array.
 */
final class Vp8lBits {

    private final byte[] data;
    private final int end;
    private int position;
    private long loaded;
    private int count;

    Vp8lBits(byte[] data, int from, int to) {
        this.data = data;
        this.position = from;
        this.end = to;
    }

    /** The next bits, zeros behind the end; at most 24. */
    int peek(int bits) {
        if (count < bits) {
            while (count <= Long.SIZE - Byte.SIZE && position < end) {
                loaded |= (data[position++] & 0xffL) << count;
                count += Byte.SIZE;
            }
        }
        return (int) loaded & (1 << bits) - 1;
    }

    /** Moves on by bits that have been peeked at. */
    void skip(int bits) throws ImageException {
        if (bits > count) {
            throw new ImageException("damaged WebP: the data ends before the picture does");
        }
        loaded >>>= bits;
        count -= bits;
    }

    /** Reads a number of at most 24 bits. */
    int number(int bits) throws ImageException {
        int number = peek(bits);
        skip(bits);
        return number;
    }

    boolean flag() throws ImageException {
        return number(1) != 0;
    }
}
