package io.instructseg.quarkus;

import java.time.Duration;

/** A request was not answered within its deadline; its work has been stopped. */
public class DeadlineExceededException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param property the configuration property of the deadline */
    public DeadlineExceededException(Duration deadline, String property) {
        super("no answer within " + deadline.toMillis() + " ms (" + property + ")");
    }
}
