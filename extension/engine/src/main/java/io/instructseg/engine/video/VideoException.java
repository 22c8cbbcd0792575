package io.instructseg.engine.video;

import java.io.IOException;

/** A video that can't be used, or not beyond some frame. The message says what was found and what was expected. */
public class VideoException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with a video. */
    public enum Kind {
        /** Of a format, or with a codec, that is not known. */
        UNSUPPORTED,
        /** Beyond the limits. */
        TOO_LARGE,
        /** Not what its format says. */
        DAMAGED
    }

    private final Kind kind;

    public VideoException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public VideoException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
