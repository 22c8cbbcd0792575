package io.instructseg.quarkus.runtime.messaging;

/** The broker does not take a result; the cause says why. */
final class ResultRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ResultRefusedException(Throwable cause) {
        super(cause);
    }
}
