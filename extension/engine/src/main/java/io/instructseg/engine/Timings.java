package io.instructseg.engine;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

import io.instructseg.format.Signature;

/** Adds up how long the stages of a request take. */
final class Timings {

    private final Map<Signature, Duration> durations = new EnumMap<>(Signature.class);

    <T> T time(Signature stage, Supplier<T> work) {
        long start = System.nanoTime();
        try {
            return work.get();
        } finally {
            durations.merge(stage, Duration.ofNanos(System.nanoTime() - start), Duration::plus);
        }
    }

    Map<Signature, Duration> durations() {
        return durations;
    }
}
