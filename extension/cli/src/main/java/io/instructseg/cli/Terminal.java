package io.instructseg.cli;

import java.io.Console;

/** Where a person sits. */
final class Terminal {

    private Terminal() {
    }

    /** Whether standard input and output are a terminal. */
    static boolean isThere() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            // from Java 22 to 24 there is a console even where there is no terminal, and a method that tells
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
