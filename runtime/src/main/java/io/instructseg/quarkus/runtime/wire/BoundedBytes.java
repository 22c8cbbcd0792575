package io.instructseg.quarkus.runtime.wire;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/** A field's bytes, up to a limit and to what requests may take together. */
public final class BoundedBytes extends OutputStream {

    private final String field;
    private final long limit;
    private final RequestMemory memory;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public BoundedBytes(String field, long limit, RequestMemory memory) {
        this.field = field;
        this.limit = limit;
        this.memory = memory;
    }

    /** @throws RequestException if there is more than the limit, or no memory for it */
    @Override
    public void write(int value) {
        write(new byte[] { (byte) value }, 0, 1);
    }

    /** @throws RequestException if there is more than the limit, or no memory for it */
    @Override
    public void write(byte[] from, int offset, int length) {
        if (bytes.size() + (long) length > limit) {
            throw RequestException.tooLarge(field, "found more than the limit of " + limit + " bytes");
        }
        memory.take(length);
        bytes.write(from, offset, length);
    }

    public int size() {
        return bytes.size();
    }

    public byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
