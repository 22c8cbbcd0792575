package io.instructseg.engine.image;

/**
 * The arithmetic decoder of VP8 (RFC 6386, section 7.3) over a part of an array. Behind the end it reads zeros and says so;
 * whoever reads must ask {@link #exhausted()} at least once a macroblock.
 */
final class Vp8BoolDecoder {

    private final byte[] data;
    private final int end;
    private int position;
    private int value;
    /** Bits of {@link #value} below the eight that are compared. */
    private int bits = -Byte.SIZE;
    private int rangeLessOne = 254;
    private boolean exhausted;

    Vp8BoolDecoder(byte[] data, int from, int to) {
        this.data = data;
        this.position = from;
        this.end = to;
        loadByte();
    }

    private void loadByte() {
        if (position < end) {
            value = value << Byte.SIZE | data[position++] & 0xff;
            bits += Byte.SIZE;
        } else if (exhausted) {
            bits = 0;
        } else {
            value <<= Byte.SIZE;
            bits += Byte.SIZE;
            exhausted = true;
        }
    }

    /** Whether a bit was asked for that the data doesn't have. */
    boolean exhausted() {
        return exhausted;
    }

    /**
     * Reads a bit.
     *
     * @param probability that it is 0, of 256
     */
    int bit(int probability) {
        if (bits < 0) {
            loadByte();
        }
        int split = rangeLessOne * probability >> 8;
        boolean one = value >> bits > split;
        int range = split + 1;
        if (one) {
            value -= range << bits;
            range = rangeLessOne - split;
        }
        int shift = Integer.numberOfLeadingZeros(range) - (Integer.SIZE - Byte.SIZE);
        bits -= shift;
        rangeLessOne = (range << shift) - 1;
        return one ? 1 : 0;
    }

    boolean flag() {
        return bit(128) != 0;
    }

    /** An unsigned number, its highest bit first. */
    int number(int width) {
        int number = 0;
        for (int i = 0; i < width; i++) {
            number = number << 1 | bit(128);
        }
        return number;
    }

    /** A number of {@code width} bits followed by its sign; 0 where a flag before it says that there is none. */
    int optionalSigned(int width) {
        return flag() ? signed(number(width)) : 0;
    }

    /** Reads the sign of a magnitude. */
    int signed(int magnitude) {
        return flag() ? -magnitude : magnitude;
    }
}
