package io.instructseg.engine;

import java.time.Duration;
import java.time.Instant;

import io.instructseg.format.Signature;

/** A stage that ran for a request, whether it gave something or failed. A stage may run several times for one. */
public record StageRun(Signature stage, Instant start, Duration took) {
}
