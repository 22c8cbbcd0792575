package io.instructseg.quarkus.runtime.rest;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

import jakarta.ws.rs.core.Response.Status;

/** A field's bytes, up to a limit and to what requests may take together. */
final class BoundedBytes extends OutputStream {

    private final String field;
    private final long limit;
    private final RequestMemory memory;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    BoundedBytes(String field, long limit, RequestMemory memory) {
        this.field = field;
        this.limit = limit;
        this.memory = memory;
    }

    /** @throws ProblemException if there is more than the limit, or no memory for it */
    @Override
    public void write(int value) {
        write(new byte[] { (byte) value }, 0, 1);
    }

    /** @throws ProblemException if there is more than the limit, or no memory for it */
    @Override
    public void write(byte[] from, int offset, int length) {
        if (bytes.size() + (long) length > limit) {
            throw new ProblemException(Status.REQUEST_ENTITY_TOO_LARGE, field,
                    field + ": found more than the limit of " + limit + " bytes");
        }
        memory.take(length);
        bytes.write(from, offset, length);
    }

    int size() {
        return bytes.size();
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
