package io.instructseg.quarkus.runtime.rest;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

import jakarta.ws.rs.core.Response.Status;

/** A field's bytes, up to a limit. */
final class BoundedBytes extends OutputStream {

    private final String field;
    private final long limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    BoundedBytes(String field, long limit) {
        this.field = field;
        this.limit = limit;
    }

    /** @throws ProblemException if there is more than the limit */
    @Override
    public void write(int value) {
        write(new byte[] { (byte) value }, 0, 1);
    }

    /** @throws ProblemException if there is more than the limit */
    @Override
    public void write(byte[] from, int offset, int length) {
        if (bytes.size() + (long) length > limit) {
            throw new ProblemException(Status.REQUEST_ENTITY_TOO_LARGE, field,
                    field + ": found more than the limit of " + limit + " bytes");
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
