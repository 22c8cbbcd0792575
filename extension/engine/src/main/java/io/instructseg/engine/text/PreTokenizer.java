package io.instructseg.engine.text;

import io.instructseg.engine.text.CodePointClasses.Kind;

/**
 * Cuts text into words as GPT-2 does:
 * {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}.
 * Written out, because a regular expression depends on the runtime's Unicode version and backtracks.
 */
final class PreTokenizer {

    private static final String[] CONTRACTIONS = { "'s", "'t", "'re", "'ve", "'m", "'ll", "'d" };

    private PreTokenizer() {
    }

    /** The end of the word that starts at {@code start}, which is before the end of the text. */
    static int wordEnd(String text, int start) {
        for (String contraction : CONTRACTIONS) {
            if (text.startsWith(contraction, start)) {
                return start + contraction.length();
            }
        }
        int body = text.charAt(start) == ' ' && start + 1 < text.length() ? start + 1 : start;
        Kind kind = CodePointClasses.of(text.codePointAt(body));
        return kind == Kind.WHITESPACE ? whitespaceEnd(text, start) : runEnd(text, body, kind);
    }

    /** A run of white space leaves its last character to the word that follows, unless it is the only one. */
    private static int whitespaceEnd(String text, int start) {
        int end = runEnd(text, start, Kind.WHITESPACE);
        return end == text.length() || end == start + 1 ? end : end - 1;
    }

    private static int runEnd(String text, int start, Kind kind) {
        int end = start;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            if (CodePointClasses.of(codePoint) != kind) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return end;
    }
}
