package io.instructseg.quarkus;

import java.time.Duration;

/** Too many requests wait for the model already, or too many videos are being segmented. Try again later. */
public class QueueFullException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    /** @param retryAfter when a place will be free, as far as one can tell */
    public QueueFullException(int size, Duration retryAfter) {
        this("the model's queue is full: " + size + " requests wait already (queue.size)", retryAfter);
    }

    private QueueFullException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /**
     * Nobody can tell when a video ends.
     *
     * @param property that bounds them
     */
    public static QueueFullException ofVideos(int most, String property) {
        return new QueueFullException("found " + most + " videos that are being segmented already, the limit of " + property,
                Duration.ofSeconds(10));
    }

    /** When a place will be free, as far as one can tell. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
