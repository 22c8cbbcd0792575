package io.instructseg.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.instructseg.format.Signature;

/** Adds up how long the stages of a request take, and tells about each run. */
final class Timings {

    private final Map<Signature, Duration> durations = new EnumMap<>(Signature.class);
    private final Consumer<StageRun> listener;

    Timings(Consumer<StageRun> listener) {
        this.listener = listener;
    }

    <T> T time(Signature stage, Supplier<T> work) {
        Instant start = Instant.now();
        long startNanos = System.nanoTime();
        try {
            return work.get();
        } finally {
            add(new StageRun(stage, start, Duration.ofNanos(System.nanoTime() - startNanos)));
        }
    }

    /** A stage has run. */
    void add(StageRun run) {
        durations.merge(run.stage(), run.took(), Duration::plus);
        listener.accept(run);
    }

    Map<Signature, Duration> durations() {
        return durations;
    }
}
