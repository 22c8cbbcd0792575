package io.instructseg.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A checkpoint that can't be read as it is: truncated, inconsistent, of an unknown format or hostile. The message names
 * the file and the tensor, what was found and what was expected; offenders found in one pass are listed together.
 */
public final class CheckpointException extends IOException {

    private static final int LONGEST_EXCERPT = 300;

    CheckpointException(Path file, String problem) {
        super(file + ": " + problem);
    }

    CheckpointException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }

    /** A name out of a file, fit for a message. */
    static String quote(String name) {
        return "'" + printable(name) + "'";
    }

    /** Text out of a file: bounded, and without characters that a terminal would obey. */
    static String printable(String text) {
        int end = Math.min(text.length(), LONGEST_EXCERPT);
        StringBuilder printable = new StringBuilder(end);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            printable.append(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
        }
        return printable.append(end < text.length() ? "..." : "").toString();
    }
}
