package io.instructseg.engine.video;

import java.io.IOException;

/** The blocks of a GIF file: FFmpeg doesn't tell whether they end or are cut off. */
final class GifBlocks {

    private static final int SCREEN_FLAGS = 10;
    private static final int SCREEN_BYTES = 13;
    private static final int IMAGE = 0x2c;
    private static final int IMAGE_FLAGS = 8;
    private static final int IMAGE_BYTES = 9;
    private static final int EXTENSION = 0x21;
    private static final int TRAILER = 0x3b;

    private final FileInput input;
    private long position;

    private GifBlocks(FileInput input) {
        this.input = input;
    }

    /** Whether the blocks are complete up to the one that ends the file. */
    static boolean areComplete(FileInput input) throws IOException {
        return new GifBlocks(input).findTrailer();
    }

    private boolean findTrailer() throws IOException {
        position = SCREEN_BYTES + colors(input.at(SCREEN_FLAGS));
        int block = input.at(position++);
        while (block == IMAGE || block == EXTENSION) {
            if (block == IMAGE) {
                position += IMAGE_BYTES + colors(input.at(position + IMAGE_FLAGS));
            }
            position++; // what extends, or the size of the codes
            skipParts();
            block = input.at(position++);
        }
        return block == TRAILER;
    }

    private void skipParts() throws IOException {
        int length = input.at(position++);
        while (length > 0) {
            position += length;
            length = input.at(position++);
        }
    }

    /** Bytes of the colour table that flags announce. */
    private static int colors(int flags) {
        return flags >= 0 && (flags & 0x80) != 0 ? 3 * (2 << (flags & 7)) : 0;
    }
}
