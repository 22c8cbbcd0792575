package io.instructseg.quarkus.runtime;

import java.time.Duration;

/**
 * How busy a model is.
 *
 * @param waiting requests that wait for it
 * @param capacity how many may
 * @param runningFor how long its device has been at the request that runs, of whichever model; zero if none does
 */
public record QueueStatus(int waiting, int capacity, Duration runningFor) {
}
