package io.instructseg.quarkus.runtime.messaging;

/** The store of pictures failed: the message can do nothing about it. */
final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StoreException(Exception cause) {
        super(cause);
    }
}
