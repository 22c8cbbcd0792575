package io.instructseg.quarkus.runtime.rest;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.instructseg.quarkus.runtime.wire.RequestException;

/**
 * A temporary file for what a client sends, up to a limit. What the disk refuses is the service's fault, and an {@link
 * UncheckedIOException} that can't be taken for the connection's.
 */
final class Upload extends OutputStream {

    private final String field;
    private final long limit;
    private final Path file;
    private final OutputStream out;
    private long size;

    /** @param field what is sent, for errors */
    Upload(String field, long limit) {
        this.field = field;
        this.limit = limit;
        try {
            file = Files.createTempFile("instructseg-", ".upload");
            out = Files.newOutputStream(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return file;
    }

    @Override
    public void write(int value) {
        write(new byte[] { (byte) value }, 0, 1);
    }

    /** @throws RequestException if there is more than the limit */
    @Override
    public void write(byte[] from, int offset, int length) {
        size += length;
        if (size > limit) {
            throw RequestException.tooLarge(field, "found more than the limit of " + limit + " bytes");
        }
        try {
            out.write(from, offset, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** At any time, from any thread, again and again. */
    void delete() {
        try (OutputStream closing = out) {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Windows, while a decoder has not let go of it yet
            file.toFile().deleteOnExit();
        }
    }
}
