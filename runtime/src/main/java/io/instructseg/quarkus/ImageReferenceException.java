package io.instructseg.quarkus;

import java.io.IOException;

/** A reference that leads to no picture or video; the message says why. */
public class ImageReferenceException extends IOException {

    private static final long serialVersionUID = 1;

    public ImageReferenceException(String message) {
        super(message);
    }
}
