package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.image.ImageLimits;

/** A picture that a user names. */
final class PictureFile {

    static final String FORMATS = "Picture: JPEG, PNG, WebP, GIF (first frame) or BMP, up to 64 million pixels.";

    private PictureFile() {
    }

    /** @throws IOException that names the file */
    static DecodedImage decode(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory, expected a picture");
        }
        try {
            return ImageDecoder.decode(file, ImageLimits.DEFAULT);
        } catch (ImageException e) {
            throw in(file, e);
        }
    }

    static ImageException in(Path file, ImageException e) {
        return new ImageException(file + ": " + e.getMessage(), e);
    }

    /** Of a picture whose file ends early. */
    static void warn(Path file, DecodedImage image, PrintWriter err) {
        if (image.truncated()) {
            err.println("warning: " + file + " ends early; what is missing was taken as gray or black");
            err.flush();
        }
    }
}
