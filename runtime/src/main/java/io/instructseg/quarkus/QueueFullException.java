package io.instructseg.quarkus;

import java.time.Duration;

/** Too many requests wait for the model already. Try again later. */
public class QueueFullException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    /** @param retryAfter when a place will be free, as far as one can tell */
    public QueueFullException(int size, Duration retryAfter) {
        super("the model's queue is full: " + size + " requests wait already (queue.size)");
        this.retryAfter = retryAfter;
    }

    /** When a place will be free, as far as one can tell. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
