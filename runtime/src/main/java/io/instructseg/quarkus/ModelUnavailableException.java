package io.instructseg.quarkus;

/** There is no model to ask: it could not be loaded, or the application is shutting down. The message says why. */
public class ModelUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ModelUnavailableException(String message) {
        super(message);
    }

    public ModelUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
