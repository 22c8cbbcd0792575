package io.instructseg.engine;

import java.io.IOException;

/** A conversation that the model can't take; the message says which part of it, what was found and what was expected. */
public class ConversationException extends IOException {

    private static final long serialVersionUID = 1;

    private final String field;

    ConversationException(String field, String problem) {
        super(field + ": " + problem);
        this.field = field;
    }

    /** Where: {@code question}, {@code turns}, {@code turns[1].answer}, {@code maxTokens}. */
    public String field() {
        return field;
    }
}
