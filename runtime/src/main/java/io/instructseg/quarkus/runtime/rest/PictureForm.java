package io.instructseg.quarkus.runtime.rest;

import java.io.OutputStream;
import java.util.function.Consumer;

import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.runtime.wire.BoundedBytes;
import io.instructseg.quarkus.runtime.wire.Fields;
import io.instructseg.quarkus.runtime.wire.RequestFields;
import io.instructseg.quarkus.runtime.wire.RequestMemory;

/** A picture, which is kept on the heap. */
final class PictureForm implements Form {

    private final Fields fields;
    private final Consumer<Image> picture;
    private final RequestMemory memory;
    private BoundedBytes bytes;

    /** @param picture takes it */
    PictureForm(Fields fields, Consumer<Image> picture, RequestMemory memory) {
        this.fields = fields;
        this.picture = picture;
        this.memory = memory;
    }

    @Override
    public Fields fields() {
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
        picture.accept(Image.of(bytes.toByteArray()));
    }
}
