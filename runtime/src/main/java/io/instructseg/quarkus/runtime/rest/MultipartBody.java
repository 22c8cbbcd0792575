package io.instructseg.quarkus.runtime.rest;

import static io.instructseg.quarkus.runtime.rest.ProblemException.badField;

import java.io.IOException;
import java.util.Map;

import org.jboss.resteasy.reactive.server.multipart.FormValue;
import org.jboss.resteasy.reactive.server.multipart.MultipartFormDataInput;

import io.instructseg.quarkus.Image;

/** Reads a form, whose files Quarkus REST wrote to the disk. */
final class MultipartBody {

    private MultipartBody() {
    }

    /** @throws ProblemException if the form is not what is expected */
    static RequestFields read(MultipartFormDataInput form) throws IOException {
        RequestFields fields = new RequestFields();
        for (Map.Entry<String, ? extends Iterable<FormValue>> part : form.getValues().entrySet()) {
            for (FormValue value : part.getValue()) {
                if (part.getKey().equals(RequestFields.IMAGE)) {
                    fields.image(image(value));
                } else if (value.isFileItem()) {
                    throw badField(part.getKey(), "found a file, expected text");
                } else {
                    fields.text(part.getKey(), value.getValue());
                }
            }
        }
        return fields;
    }

    private static Image image(FormValue value) throws IOException {
        if (!value.isFileItem()) {
            throw badField(RequestFields.IMAGE, "found text, expected a file (a part with a filename)");
        }
        if (value.getFileItem().getFileSize() == 0) {
            throw badField(RequestFields.IMAGE, "found an empty file, expected a picture");
        }
        return Image.of(value.getFileItem().getFile());
    }
}
