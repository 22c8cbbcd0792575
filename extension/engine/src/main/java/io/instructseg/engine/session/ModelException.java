package io.instructseg.engine.session;

import java.io.IOException;

/** A directory that is not a model which this engine can run; the message says what was found and what was expected. */
public class ModelException extends IOException {

    private static final long serialVersionUID = 1;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
