package io.instructseg.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What a run is asked: the question of the command line, and in a chat then one a line of standard input. */
final class Questions {

    private static final int LONGEST = 1 << 20;

    private final PrintWriter err;
    private final boolean terminal = Terminal.isThere();
    private final Optional<BufferedReader> lines;
    private Optional<String> first;

    /**
     * @param goesOn whether standard input has more: in UTF-8 unless it is a terminal
     * @param err shows a terminal's user that it is their turn
     */
    Questions(Optional<String> first, boolean goesOn, PrintWriter err) {
        this.first = first;
        this.lines = goesOn ? Optional.of(new BufferedReader(new InputStreamReader(System.in, charset()))) : Optional.empty();
        this.err = err;
    }

    private Charset charset() {
        return terminal ? System.console().charset() : StandardCharsets.UTF_8;
    }

    /** The next one; nothing at the end of the input. Blank lines are none. */
    Optional<String> next() throws IOException {
        if (first.isPresent() || lines.isEmpty()) {
            Optional<String> given = first;
            first = Optional.empty();
            return given;
        }
        Optional<String> line;
        do {
            prompt("> ");
            line = line(lines.get());
        } while (line.isPresent() && line.get().isBlank());
        if (line.isEmpty()) {
            prompt(System.lineSeparator());
        }
        return line;
    }

    private void prompt(String text) {
        if (terminal) {
            err.print(text);
            err.flush();
        }
    }

    /** As {@link BufferedReader#readLine}, of bounded length. */
    private static Optional<String> line(BufferedReader in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        if (c < 0) {
            return Optional.empty();
        }
        while (c >= 0 && c != '\n') {
            if (line.length() == LONGEST) {
                throw new IOException(
                        "standard input: found a line of more than " + LONGEST + " characters, expected a question");
            }
            line.append((char) c);
            c = in.read();
        }
        return Optional.of(line.toString().strip());
    }
}
