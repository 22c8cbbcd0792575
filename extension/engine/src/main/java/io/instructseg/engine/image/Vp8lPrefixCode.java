package io.instructseg.engine.image;

/**
 * A canonical prefix code of lossless WebP (RFC 9649, section 3.7.2).
 */
final class Vp8lPrefixCode {

    private static final int MAX_LENGTH = 15;
    /** Codes up to this length are looked up, longer ones followed bit by bit. */
    private static final int TABLE_BITS = 8;

    /** The order in which the lengths of the code of lengths are stored. */
    private static final int[] LENGTH_ORDER = { 17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
    private static final int REPEAT_PREVIOUS = 16;
    private static final int REPEAT_ZERO = 17;
    private static final int LITERALS = 256;

    /** Codes of each length. */
    private final int[] counts = new int[MAX_LENGTH + 1];
    /** Symbols by code. */
    private final short[] symbols;
    /** By the next bits: symbol and, in the low four bits, length; 0 for a longer code. {@code null} for a single symbol. */
    private final int[] table;

    private Vp8lPrefixCode(int[] lengths, int alphabet) throws ImageException {
        for (int symbol = 0; symbol < alphabet; symbol++) {
            counts[lengths[symbol]]++;
        }
        int used = alphabet - counts[0];
        counts[0] = 0;
        int[] next = new int[MAX_LENGTH + 2];
        int open = 1;
        for (int length = 1; length <= MAX_LENGTH; length++) {
            next[length + 1] = next[length] + counts[length];
            open = 2 * open - counts[length];
            if (open < 0) {
                break;
            }
        }
        if (used == 0 || used > 1 && open != 0) {
            throw new ImageException("damaged WebP: a prefix code is " + (open < 0 ? "oversubscribed" : "incomplete"));
        }
        symbols = new short[used];
        for (int symbol = 0; symbol < alphabet; symbol++) {
            if (lengths[symbol] > 0) {
                symbols[used == 1 ? 0 : next[lengths[symbol]]++] = (short) symbol;
            }
        }
        table = used == 1 ? null : buildTable();
    }

    private int[] buildTable() {
        int[] entries = new int[1 << TABLE_BITS];
        int code = 0;
        int index = 0;
        for (int length = 1; length <= TABLE_BITS; length++, code <<= 1) {
            for (int i = 0; i < counts[length]; i++, code++, index++) {
                int start = Integer.reverse(code) >>> Integer.SIZE - length;
                for (int at = start; at < entries.length; at += 1 << length) {
                    entries[at] = symbols[index] << 4 | length;
                }
            }
        }
        return entries;
    }

    /** Reads a code from the stream, where it is stored by the lengths of its symbols. */
    static Vp8lPrefixCode read(Vp8lBits in, int alphabet) throws ImageException {
        int[] lengths = new int[Math.max(alphabet, LITERALS)];
        if (in.flag()) {
            boolean two = in.flag();
            lengths[in.number(in.flag() ? 8 : 1)] = 1;
            if (two) {
                lengths[in.number(8)] = 1;
            }
        } else {
            readLengths(in, lengths, alphabet);
        }
        return new Vp8lPrefixCode(lengths, alphabet);
    }

    private static void readLengths(Vp8lBits in, int[] lengths, int alphabet) throws ImageException {
        int[] ofLengths = new int[LENGTH_ORDER.length];
        int count = 4 + in.number(4);
        for (int i = 0; i < count; i++) {
            ofLengths[LENGTH_ORDER[i]] = in.number(3);
        }
        Vp8lPrefixCode code = new Vp8lPrefixCode(ofLengths, ofLengths.length);
        int stored = in.flag() ? 2 + in.number(2 + 2 * in.number(3)) : alphabet;
        requireWithin(stored, alphabet);
        int previous = 8;
        int at = 0;
        for (; at < alphabet && stored > 0; stored--) {
            int length = code.readSymbol(in);
            if (length < REPEAT_PREVIOUS) {
                lengths[at++] = length;
                previous = length == 0 ? previous : length;
                continue;
            }
            int repeat = length == REPEAT_PREVIOUS ? 3 + in.number(2)
                    : length == REPEAT_ZERO ? 3 + in.number(3)
                            : 11 + in.number(7);
            requireWithin(at + repeat, alphabet);
            for (int end = at + repeat; at < end; at++) {
                lengths[at] = length == REPEAT_PREVIOUS ? previous : 0;
            }
        }
    }

    private static void requireWithin(int symbols, int alphabet) throws ImageException {
        if (symbols > alphabet) {
            throw new ImageException("damaged WebP: a prefix code of " + symbols + " symbols, expected at most " + alphabet);
        }
    }

    int readSymbol(Vp8lBits in) throws ImageException {
        if (table == null) {
            return symbols[0];
        }
        int entry = table[in.peek(TABLE_BITS)];
        if (entry == 0) {
            return readLongSymbol(in);
        }
        in.skip(entry & 0xf);
        return entry >> 4;
    }

    private int readLongSymbol(Vp8lBits in) throws ImageException {
        int bits = in.peek(MAX_LENGTH);
        int code = 0;
        int first = 0;
        int index = 0;
        int length = 0;
        do {
            length++;
            code = code << 1 | bits >> length - 1 & 1;
            index += counts[length - 1];
            first = first + counts[length - 1] << 1;
        } while (code - first >= counts[length]); // ends, as the code is complete
        in.skip(length);
        return symbols[index + code - first];
    }
}
