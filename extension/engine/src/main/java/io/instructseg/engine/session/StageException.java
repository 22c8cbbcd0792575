package io.instructseg.engine.session;

import io.instructseg.format.Signature;

/** A stage that TensorFlow could not run, or whose outputs are useless; the message says what was found and expected. */
public class StageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Signature signature;

    public StageException(Signature signature, String problem) {
        super("stage " + signature.key() + " failed: " + problem);
        this.signature = signature;
    }

    StageException(Signature signature, Throwable cause) {
        super("stage " + signature.key() + " failed: " + cause.getMessage(), cause);
        this.signature = signature;
    }

    /** The stage. */
    public Signature signature() {
        return signature;
    }
}
