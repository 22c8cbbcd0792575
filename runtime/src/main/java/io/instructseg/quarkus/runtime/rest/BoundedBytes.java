package io.instructseg.quarkus.runtime.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import jakarta.ws.rs.core.Response.Status;

/** A picture's file, up to the limit. */
final class BoundedBytes extends OutputStream {

    private final long limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    BoundedBytes(long limit) {
        this.limit = limit;
    }

    /** @throws ProblemException if there is more than the limit */
    static byte[] read(InputStream in, long limit) throws IOException {
        BoundedBytes bytes = new BoundedBytes(limit);
        in.transferTo(bytes);
        return bytes.toByteArray();
    }

    @Override
    public void write(int value) {
        write(new byte[] { (byte) value }, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        if (bytes.size() + (long) length > limit) {
            throw new ProblemException(Status.REQUEST_ENTITY_TOO_LARGE, RequestFields.IMAGE,
                    "image: the picture's file is too large: found more than the limit of " + limit + " bytes");
        }
        bytes.write(from, offset, length);
    }

    int size() {
        return bytes.size();
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
