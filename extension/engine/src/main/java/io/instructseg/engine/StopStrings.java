package io.instructseg.engine;

import java.util.List;

/**
 * Ends a text where the first of some strings is complete, whatever the pieces that it comes in: character by character, of
 * strings that end at the same one the longest. What may still become a string is held back.
 */
final class StopStrings {

    private final List<String> strings;
    private final StringBuilder held = new StringBuilder();
    private boolean found;

    StopStrings(List<String> strings) {
        this.strings = strings;
    }

    /** What can be shown now. */
    String accept(String piece) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < piece.length() && !found; i++) {
            held.append(piece.charAt(i));
            int length = completed();
            found = length > 0;
            int kept = found ? length : begun();
            shown.append(held, 0, held.length() - kept);
            held.delete(0, held.length() - kept);
        }
        return shown.toString();
    }

    /** Whether a string was there: the text has ended before it. */
    boolean found() {
        return found;
    }

    /** What was held back for a string that did not come. */
    String end() {
        return found ? "" : held.toString();
    }

    /** Characters of the longest string that ends here; 0 if none does. */
    private int completed() {
        int longest = 0;
        for (String string : strings) {
            if (string.length() > longest && endsWith(string, string.length())) {
                longest = string.length();
            }
        }
        return longest;
    }

    /** Characters at the end that begin a string, as many as may be. */
    private int begun() {
        int longest = 0;
        for (String string : strings) {
            for (int length = Math.min(held.length(), string.length() - 1); length > longest; length--) {
                if (endsWith(string, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private boolean endsWith(String string, int length) {
        int start = held.length() - length;
        for (int i = 0; i < length; i++) {
            if (start < 0 || held.charAt(start + i) != string.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
