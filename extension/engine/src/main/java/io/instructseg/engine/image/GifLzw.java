package io.instructseg.engine.image;

import java.nio.ByteBuffer;

/**
 * GIF's variant of Lempel-Ziv-Welch: codes of 3 to 12 bits, lowest bits first, in blocks of up to 255 bytes.
 */
final class GifLzw {

    private static final int MAX_CODES = 4096;

    private final ByteBuffer in;
    private final byte[] out;
    private final int[] prefix = new int[MAX_CODES];
    private final byte[] suffix = new byte[MAX_CODES];
    private final byte[] string = new byte[MAX_CODES + 1];
    private int filled;
    private int block;
    private int bits;
    private int bitCount;

    /** Starts at the byte of the minimum code size; fills {@code out}. */
    GifLzw(ByteBuffer in, byte[] out) {
        this.in = in;
        this.out = out;
    }

    /** Returns how many pixels the data held; fewer than asked for if it ends early. */
    int read() throws ImageException {
        int rootBits = in.get() & 0xff;
        if (rootBits < 1 || rootBits > 11) {
            throw new ImageException("damaged GIF: found code size " + rootBits + ", expected 1 to 11");
        }
        int clear = 1 << rootBits;
        for (int i = 0; i < clear; i++) {
            suffix[i] = (byte) i;
        }
        int next = clear + 2;
        int size = rootBits + 1;
        int last = -1;
        while (filled < out.length) {
            int code = readCode(size);
            if (code < 0 || code == clear + 1) {
                break;
            }
            if (code == clear) {
                next = clear + 2;
                size = rootBits + 1;
                last = -1;
                continue;
            }
            if (code > next || code == next && last < 0 || last < 0 && code >= clear) {
                throw new ImageException("damaged GIF: found code " + code + " where at most " + next + " is defined");
            }
            byte first = emit(code, last, next, clear);
            if (last >= 0 && next < MAX_CODES) {
                prefix[next] = last;
                suffix[next++] = first;
                size = next == 1 << size && size < 12 ? size + 1 : size;
            }
            last = code;
        }
        return filled;
    }

    /** Writes a code's string; the one just being defined is the last string and its own first pixel. */
    private byte emit(int code, int last, int next, int clear) {
        int length = 0;
        int walk = code;
        if (code == next) {
            length = 1; // the last place is filled below, when the first pixel is known
            walk = last;
        }
        while (walk >= clear) {
            string[length++] = suffix[walk];
            walk = prefix[walk];
        }
        byte first = suffix[walk];
        string[length++] = first;
        if (code == next) {
            string[0] = first;
        }
        while (length > 0 && filled < out.length) {
            out[filled++] = string[--length];
        }
        return first;
    }

    private int readCode(int size) {
        while (bitCount < size) {
            if (block == 0) {
                block = in.hasRemaining() ? in.get() & 0xff : 0;
                if (block == 0 || block > in.remaining()) {
                    return -1; // Pillow does not use an incomplete block either
                }
            }
            bits |= (in.get() & 0xff) << bitCount;
            bitCount += 8;
            block--;
        }
        int code = bits & ((1 << size) - 1);
        bits >>>= size;
        bitCount -= size;
        return code;
    }
}
