package io.instructseg.cli;

import java.io.PrintWriter;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleFunction;
import java.util.function.LongFunction;
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
    /** 0 if it is not known. */
    private long total;
    private LongFunction<String> amounts;
    private DoubleFunction<String> rates;
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
        return start(err, Terminal.isThere());
    }

    private static Progress start(PrintWriter err, boolean terminal) {
        Progress progress = new Progress(err, terminal, System::nanoTime);
        progress.ticker.scheduleAtFixedRate(progress::tick, REWRITE, REWRITE, TimeUnit.NANOSECONDS);
        return progress;
    }

    /** As elsewhere than on a terminal, whose lines a command's output would share. */
    static Progress startInLines(PrintWriter err) {
        return start(err, false);
    }

    /** A step whose size is not known: its time is shown. */
    public void step(String name) {
        update(name, 0, 0, Units::bytes, Units::bytesPerSecond);
    }

    /** How far a step has come, in bytes; a new name begins a new step. */
    public void update(String name, long doneBytes, long totalBytes) {
        update(name, doneBytes, totalBytes, Units::bytes, Units::bytesPerSecond);
    }

    /** How far a step has come, in frames of a video, of about so many if that is known. */
    void updateFrames(String name, long doneFrames, OptionalLong totalFrames) {
        update(name, doneFrames, totalFrames.orElse(0), Units::frames, Units::framesPerSecond);
    }

    /** How far a step has come, in requests. */
    void updateRequests(String name, long doneRequests, long totalRequests) {
        update(name, doneRequests, totalRequests, Units::requests, Units::requestsPerSecond);
    }

    private synchronized void update(String name, long newDone, long newTotal, LongFunction<String> amounts,
            DoubleFunction<String> rates) {
        if (!name.equals(step)) {
            step = name;
            started = clock.getAsLong();
            next = started + SECOND;
        }
        done = newDone;
        total = newTotal;
        this.amounts = amounts;
        this.rates = rates;
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
        if (done == 0 && total == 0) {
            return step + ": " + Units.seconds((long) seconds);
        }
        // of a video's frames, the total is an estimate
        boolean known = total >= Math.max(done, 1);
        String line = step + ": " + (known ? 100 * done / total + " % of " + amounts.apply(total) : amounts.apply(done));
        if (done == 0) {
            return line;
        }
        double rate = done / seconds;
        line += ", " + rates.apply(rate);
        return known ? line + ", " + Units.seconds((long) Math.ceil((total - done) / rate)) + " left" : line;
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
