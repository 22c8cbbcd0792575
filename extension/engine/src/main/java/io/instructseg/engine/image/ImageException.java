package io.instructseg.engine.image;

import java.io.IOException;

/**
 * A picture that can't be used: damaged, of an unknown format, beyond the limits, or of an impossible shape. The
 * message says what was found and what was expected.
 */
public class ImageException extends IOException {

    private static final long serialVersionUID = 1L;

    public ImageException(String message) {
        super(message);
    }

    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
