package io.instructseg.engine.image;

import java.io.IOException;

/**
 * A picture that can't be used: damaged, of an unknown format, beyond the limits, or of an impossible shape. The
 * message says what was found and what was expected.
 */
public class ImageException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with a picture. */
    public enum Kind {
        /** Of a format, or of a variant of it, that is not known. */
        UNSUPPORTED,
        /** Beyond the limits. */
        TOO_LARGE,
        /** Not what its format says. */
        DAMAGED
    }

    private final Kind kind;

    public ImageException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** A damaged picture. */
    public ImageException(String message) {
        this(Kind.DAMAGED, message);
    }

    /** A damaged picture. */
    public ImageException(String message, Throwable cause) {
        super(message, cause);
        this.kind = Kind.DAMAGED;
    }

    public Kind kind() {
        return kind;
    }
}
