package io.instructseg.engine.image;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates the consecutive pixel chunks of a PNG, only as far as bytes are asked for.
 */
final class PngInflater implements AutoCloseable {

    private final ByteBuffer chunks;
    private final int type;
    private final Inflater inflater = new Inflater();

    /** Starts at the header of the first chunk of {@code type}. */
    PngInflater(byte[] data, int firstChunk, int type) {
        this.chunks = ByteBuffer.wrap(data).position(firstChunk);
        this.type = type;
    }

    /** Fills the row; false if the data ends before. */
    boolean readFully(byte[] row) throws DataFormatException {
        int filled = 0;
        while (filled < row.length) {
            int count = inflater.inflate(row, filled, row.length - filled);
            filled += count;
            if (count == 0 && (inflater.finished() || inflater.needsDictionary() || !nextChunk())) {
                return false;
            }
        }
        return true;
    }

    private boolean nextChunk() {
        if (!inflater.needsInput() || chunks.remaining() < 8) {
            return false;
        }
        int length = chunks.getInt();
        if (chunks.getInt() != type || length < 0) {
            chunks.position(chunks.limit());
            return false;
        }
        int present = Math.min(length, chunks.remaining());
        inflater.setInput(chunks.slice(chunks.position(), present));
        chunks.position((int) Math.min((long) chunks.position() + present + 4, chunks.limit()));
        return true;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
