package io.instructseg.engine.text;

import java.util.Arrays;

/** UTF-8 with the replacements of the official tokenizer, which differ from Java's for surrogates. */
final class Utf8 {

    private static final int REPLACEMENT = 0xFFFD;

    private Utf8() {
    }

    /** Decodes; each maximal part of an ill-formed sequence (Unicode 16.0, table 3-7) becomes one U+FFFD. */
    static String decode(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        int position = 0;
        while (position < bytes.length) {
            int lead = bytes[position++] & 0xFF;
            int missing = continuations(lead);
            int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
            int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
            int codePoint = missing > 0 ? lead & 0x3F >> missing : lead;
            while (missing > 0 && position < bytes.length && within(bytes[position], low, high)) {
                codePoint = codePoint << 6 | bytes[position++] & 0x3F;
                missing--;
                low = 0x80;
                high = 0xBF;
            }
            text.appendCodePoint(missing == 0 ? codePoint : REPLACEMENT);
        }
        return text.toString();
    }

    /** How many leading bytes decode to the same text whatever follows them: all but a sequence that is not complete yet. */
    static int settled(byte[] bytes) {
        for (int start = bytes.length - 1; start >= Math.max(0, bytes.length - 3); start--) {
            if ((bytes[start] & 0xC0) != 0x80) {
                byte[] last = Arrays.copyOfRange(bytes, start, bytes.length);
                return isIncomplete(last) ? start : bytes.length;
            }
        }
        return bytes.length;
    }

    /** Whether these bytes, a lead and what follows it, begin a well-formed sequence that more bytes complete. */
    private static boolean isIncomplete(byte[] sequence) {
        int missing = continuations(sequence[0] & 0xFF) + 1 - sequence.length;
        // one replacement is the one maximal part; a second byte that does not fit would make more of them
        return missing > 0 && decode(sequence).length() == 1;
    }

    /** Each lone surrogate becomes three U+FFFD, one for each byte of its would-be encoding. */
    static String replaceLoneSurrogates(String text) {
        if (text.codePoints().noneMatch(Utf8::isSurrogate)) {
            return text;
        }
        StringBuilder whole = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(codePoint -> {
            if (isSurrogate(codePoint)) {
                whole.append("\uFFFD\uFFFD\uFFFD");
            } else {
                whole.appendCodePoint(codePoint);
            }
        });
        return whole.toString();
    }

    static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static int continuations(int lead) {
        if (lead < 0x80) {
            return 0;
        }
        if (lead < 0xC2 || lead > 0xF4) {
            return -1;
        }
        return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    }

    private static boolean within(byte value, int low, int high) {
        return (value & 0xFF) >= low && (value & 0xFF) <= high;
    }
}
