package io.instructseg.engine.session;

import io.instructseg.format.Signature;

/** A stage that TensorFlow could not run. */
public class StageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StageException(Signature signature, String problem) {
        super("stage " + signature.key() + " failed: " + problem);
    }

    StageException(Signature signature, Throwable cause) {
        super("stage " + signature.key() + " failed: " + cause.getMessage(), cause);
    }
}
