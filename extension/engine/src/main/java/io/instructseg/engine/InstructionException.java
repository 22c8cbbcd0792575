package io.instructseg.engine;

import java.io.IOException;

/** An instruction that the model can't take; the message says what was found and what was expected. */
public class InstructionException extends IOException {

    private static final long serialVersionUID = 1;

    public InstructionException(String message) {
        super(message);
    }
}
