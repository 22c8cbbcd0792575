package io.instructseg.quarkus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;

/**
 * Where a picture comes from: a JPEG, PNG, WebP, GIF (its first frame) or BMP. It is read and decoded on the model's thread,
 * when its request's turn has come.
 */
@FunctionalInterface
public interface Image {

    /**
     * Decodes the picture. Called once a request.
     *
     * @throws io.instructseg.engine.image.ImageException if it is no picture, or one beyond the limits
     * @throws IOException if it can't be read
     */
    DecodedImage decode(ImageLimits limits) throws IOException;

    /** A file's bytes, which are not copied. */
    static Image of(byte[] encoded) {
        return limits -> ImageDecoder.decode(encoded, limits);
    }

    /** A file. */
    static Image of(Path file) {
        return limits -> ImageDecoder.decode(file, limits);
    }

    /** A stream, which is closed after reading: good for one request. A request whose turn never comes does not close it. */
    static Image of(InputStream stream) {
        return limits -> {
            try (stream) {
                return ImageDecoder.decode(stream, limits);
            }
        };
    }
}
