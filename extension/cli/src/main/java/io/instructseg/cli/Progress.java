package io.instructseg.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows what a command is doing, once that takes longer than a second: on a terminal in a line that is rewritten, elsewhere (a
 * log, say) in a line every few seconds.
 */
public final class Progress implements AutoCloseable {

    private static final long SECOND = 1_000_000_000;
    private static final long REWRITE = SECOND / 5;
    private static final long NEXT_LINE = 5 * SECOND;
    private static final String START_OF_LINE = "\r\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private final LongSupplier clock;
    private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "progress");
        thread.setDaemon(true);
        return thread;
    });

    private String step;
    private long done;
    private long total;
    private long started;
    private long next;
    private boolean shown;

    Progress(PrintWriter err, boolean terminal, LongSupplier clock) {
        this.err = err;
        this.terminal = terminal;
        this.clock = clock;
    }

    /** Begins to watch; nothing is shown before a step. */
    public static Progress start(PrintWriter err) {
        Progress progress = new Progress(err, isTerminal(), System::nanoTime);
        progress.ticker.scheduleAtFixedRate(progress::tick, REWRITE, REWRITE, TimeUnit.NANOSECONDS);
        return progress;
    }

    /** From Java 22 to 24 there is a console even where there is no terminal, and a method that tells. */
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** A step whose size is not known: its time is shown. */
    public void step(String name) {
        update(name, 0, 0);
    }

    /** How far a step has come, in bytes; a new name begins a new step. */
    public synchronized void update(String name, long doneBytes, long totalBytes) {
        if (!name.equals(step)) {
            step = name;
            started = clock.getAsLong();
            next = started + SECOND;
        }
        done = doneBytes;
        total = totalBytes;
    }

    synchronized void tick() {
        long now = clock.getAsLong();
        if (step == null || now < next) {
            return;
        }
        next = now + (terminal ? REWRITE : NEXT_LINE);
        shown = true;
        if (terminal) {
            err.print(START_OF_LINE + line(now));
        } else {
            err.println(line(now));
        }
        err.flush();
    }

    private String line(long now) {
        double seconds = (now - started) / (double) SECOND;
        if (total == 0) {
            return step + ": " + Units.seconds((long) seconds);
        }
        String line = step + ": " + 100 * done / total + " % of " + Units.bytes(total);
        if (done == 0) {
            return line;
        }
        double rate = done / seconds;
        return line + ", " + Units.bytes((long) rate) + "/s, " + Units.seconds((long) Math.ceil((total - done) / rate))
                + " left";
    }

    @Override
    public synchronized void close() {
        ticker.shutdownNow();
        step = null;
        if (terminal && shown) {
            err.print(START_OF_LINE);
            err.flush();
        }
    }
}
