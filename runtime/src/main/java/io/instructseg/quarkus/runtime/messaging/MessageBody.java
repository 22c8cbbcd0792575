package io.instructseg.quarkus.runtime.messaging;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.io.IOException;
import java.io.InputStream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.instructseg.quarkus.runtime.wire.Json;
import io.instructseg.quarkus.runtime.wire.JsonBody;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestFields;
import io.instructseg.quarkus.runtime.wire.RequestMemory;

/** A message: the endpoint's JSON with an id, and maybe a reference in place of a picture. */
final class MessageBody extends JsonBody {

    static final String REFERENCE = "image.reference";
    private static final String ID = "id";
    private static final int MOST_ID_CHARACTERS = 256;
    private static final int MOST_REFERENCE_CHARACTERS = 1024;

    private String id;
    private String reference;

    private MessageBody(JsonParser json, RequestMemory memory) {
        super(json, memory);
    }

    /** @throws RequestException if the message is not what is expected */
    static MessageBody parse(InputStream message, RequestMemory memory) throws IOException {
        try (JsonParser json = Json.FACTORY.createParser(message)) {
            MessageBody body = new MessageBody(json, memory);
            body.read();
            if (body.id == null) {
                throw badField(ID, "found none, expected a string");
            }
            return body;
        }
    }

    String id() {
        return id;
    }

    /** Null if the picture is in the message, or nowhere. */
    String reference() {
        return reference;
    }

    RequestFields fields() {
        return fields;
    }

    @Override
    protected void field(JsonToken token) throws IOException {
        if (path.equals(ID)) {
            id = bounded(string(token), MOST_ID_CHARACTERS);
        } else if (RequestFields.NAMES.contains(path)) {
            super.field(token);
        } else {
            throw RequestFields.unknown(path, "id, ");
        }
    }

    @Override
    protected void image(JsonToken token) throws IOException {
        if (token != JsonToken.START_OBJECT) {
            super.image(token);
            return;
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            path = RequestFields.IMAGE + "." + json.currentName();
            if (!path.equals(REFERENCE)) {
                throw badField(RequestFields.IMAGE, "found an unknown field, expected reference");
            }
            reference = bounded(string(json.nextToken()), MOST_REFERENCE_CHARACTERS);
        }
    }

    private String bounded(String value, int most) {
        if (value.isBlank() || value.length() > most) {
            throw badField(path, "found " + (value.isBlank() ? "a blank string" : value.length() + " characters")
                    + ", expected 1 to " + most + " characters");
        }
        return value;
    }
}
