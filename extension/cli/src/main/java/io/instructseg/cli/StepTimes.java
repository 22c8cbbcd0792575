package io.instructseg.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** How long the steps of a command took, in their order. */
final class StepTimes {

    private final Map<String, Duration> durations = new LinkedHashMap<>();

    @FunctionalInterface
    interface Step<T> {
        T run() throws IOException;
    }

    <T> T time(String name, Step<T> step) throws IOException {
        long start = System.nanoTime();
        T result = step.run();
        durations.put(name, Duration.ofNanos(System.nanoTime() - start));
        return result;
    }

    Map<String, Duration> durations() {
        return Collections.unmodifiableMap(durations);
    }
}
