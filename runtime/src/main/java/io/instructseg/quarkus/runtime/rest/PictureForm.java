package io.instructseg.quarkus.runtime.rest;

import java.io.OutputStream;

import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.runtime.wire.BoundedBytes;
import io.instructseg.quarkus.runtime.wire.RequestFields;
import io.instructseg.quarkus.runtime.wire.RequestMemory;

/** A picture, which is kept on the heap. */
final class PictureForm implements Form {

    private final RequestFields fields = new RequestFields();
    private final RequestMemory memory;
    private BoundedBytes bytes;

    PictureForm(RequestMemory memory) {
        this.memory = memory;
    }

    @Override
    public RequestFields fields() {
        return fields;
    }

    @Override
    public String file() {
        return RequestFields.IMAGE;
    }

    @Override
    public OutputStream open() {
        bytes = new BoundedBytes(file(), memory.maxImageBytes(), memory);
        return bytes;
    }

    @Override
    public void received() {
        fields.image(Image.of(bytes.toByteArray()));
    }
}
