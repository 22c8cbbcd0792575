package io.instructseg.quarkus.runtime.wire;

import io.instructseg.engine.ConversationException;
import io.instructseg.engine.InstructionException;
import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.video.VideoException;

/** A request that can't be read: what is wrong, and in which field, null if it is in none. */
public class RequestException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Why a request can't be read. */
    public enum Kind {
        /** Not what is expected. */
        WRONG,
        /** A field has more than its limit. */
        TOO_LARGE,
        /** There is no room for it now. */
        LATER
    }

    private final Kind kind;
    private final String field;

    public RequestException(String field, String detail) {
        this(Kind.WRONG, field, detail);
    }

    private RequestException(Kind kind, String field, String detail) {
        super(detail, null, false, false);
        this.kind = kind;
        this.field = field;
    }

    /** A field with a wrong value. */
    public static RequestException badField(String field, String detail) {
        return new RequestException(field, field + ": " + detail);
    }

    /** A field with more than the limit. */
    public static RequestException tooLarge(String field, String detail) {
        return new RequestException(Kind.TOO_LARGE, field, field + ": " + detail);
    }

    /** A request that there is no room for now. */
    public static RequestException later(String detail) {
        return new RequestException(Kind.LATER, null, detail);
    }

    /** A picture that can't be used. */
    public static RequestException of(ImageException failure) {
        return badField(RequestFields.IMAGE, failure.getMessage());
    }

    /** A video that can't be used, or not beyond some frame. */
    public static RequestException of(VideoException failure) {
        return badField(VideoFields.VIDEO, failure.getMessage());
    }

    /** Each sentence is an instruction: the message, which names that first, gets the field's name. */
    public static RequestException of(InstructionException failure) {
        String message = failure.getMessage();
        return badField(RequestFields.SENTENCES + "[" + failure.index() + "]",
                message.substring(message.indexOf(": ") + 2));
    }

    /** A question that can't be used: the message, which names the engine's field first, gets the request's. */
    public static RequestException of(ConversationException failure) {
        String field = failure.field().equals("maxTokens") ? AnswerFields.MAX_TOKENS : failure.field();
        return badField(field, failure.getMessage().substring(failure.getMessage().indexOf(": ") + 2));
    }

    public String field() {
        return field;
    }

    public Kind kind() {
        return kind;
    }
}
