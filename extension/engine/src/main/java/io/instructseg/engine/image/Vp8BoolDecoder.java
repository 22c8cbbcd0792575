package io.instructseg.engine.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The arithmetic decoder of VP8 (RFC 6386, section 7.3) over a part of an array. Behind the end it reads zeros and says so;
 * whoever reads must ask {@link #exhausted()} at least once a macroblock.
 * <p>
 * A damaged stream can hold a value beyond its range. What follows then depends on how many bits are held; so it is as many
 * as in libwebp ({@code utils/bit_reader_inl_utils.h}).
 */
final class Vp8BoolDecoder {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    /** Bytes loaded at once where {@link Long#BYTES} are left. */
    private static final int LOADED = 7;

    private final byte[] data;
    private final int end;
    private int position;
    private long value;
    /** Bits of {@link #value} below the eight that are compared. */
    private int bits = -Byte.SIZE;
    private int rangeLessOne = 254;
    private boolean exhausted;

    Vp8BoolDecoder(byte[] data, int from, int to) {
        this.data = data;
        this.position = from;
        this.end = to;
        load();
    }

    private void load() {
        if (end - position >= Long.BYTES) {
            value = value << LOADED * Byte.SIZE | (long) LONG.get(data, position) >>> Byte.SIZE;
            bits += LOADED * Byte.SIZE;
            position += LOADED;
        } else if (position < end) {
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
        int split = rangeLessOne * probability >> 8;
        boolean one = Integer.compareUnsigned(compared(), split) > 0;
        take(one, split);
        return one ? 1 : 0;
    }

    /** Reads the sign of a magnitude: a bit of even probability, but that libwebp compares signed numbers here. */
    int signed(int magnitude) {
        int split = rangeLessOne >> 1;
        boolean negative = split - compared() < 0;
        take(negative, split);
        return negative ? -magnitude : magnitude;
    }

    private int compared() {
        if (bits < 0) {
            load();
        }
        return (int) (value >>> bits);
    }

    private void take(boolean one, int split) {
        int range = split + 1;
        if (one) {
            value -= (long) range << bits;
            range = rangeLessOne - split;
        }
        int shift = Integer.numberOfLeadingZeros(range) - (Integer.SIZE - Byte.SIZE);
        bits -= shift;
        rangeLessOne = (range << shift) - 1;
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
        if (!flag()) {
            return 0;
        }
        int magnitude = number(width);
        return flag() ? -magnitude : magnitude;
    }
}
