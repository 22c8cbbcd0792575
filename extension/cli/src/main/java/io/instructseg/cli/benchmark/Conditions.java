package io.instructseg.cli.benchmark;

import java.time.LocalDate;

/**
 * When, where and how something was measured.
 *
 * @param date as in 2026-11-24
 * @param command as it was given
 */
public record Conditions(String date, Machine machine, String command) {

    /** @param command as it was given */
    public static Conditions now(String command) {
        return new Conditions(LocalDate.now().toString(), Machine.here(), command);
    }

    /** Two lines. */
    String words() {
        return date + ", " + machine.words() + System.lineSeparator() + command;
    }
}
