package io.instructseg.quarkus.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the extension says in the log while this is open. */
public final class LoggedMessages extends Handler implements AutoCloseable {

    private final Logger logger = Logger.getLogger("io.instructseg.quarkus");
    private final List<String> messages = Collections.synchronizedList(new ArrayList<>());

    public LoggedMessages() {
        logger.addHandler(this);
    }

    /** Level, text and the exception, {@code ERROR INSTRUCTSEG0101: A request failed: java.io.IOException: ...}. */
    public List<String> all() {
        return List.copyOf(messages);
    }

    @Override
    public void publish(LogRecord message) {
        messages.add(message.getLevel().getName() + " " + message.getMessage()
                + (message.getThrown() == null ? "" : ": " + message.getThrown()));
    }

    @Override
    public void flush() {
        // nothing is kept back
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
