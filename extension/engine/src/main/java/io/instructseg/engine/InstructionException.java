package io.instructseg.engine;

import java.io.IOException;

/** An instruction that the model can't take; the message says which, what was found and what was expected. */
public class InstructionException extends IOException {

    private static final long serialVersionUID = 1;

    private final int index;

    /**
     * @param index the instruction's place in the request
     * @param where within the instruction, empty for the whole
     */
    InstructionException(int index, String where, String problem) {
        super("instructions[" + index + "]" + where + ": " + problem);
        this.index = index;
    }

    /** The instruction's place in the request, from 0. */
    public int index() {
        return index;
    }
}
