package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.io.IOException;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

import io.instructseg.quarkus.Image;

/** Reads an object field by field as it arrives, so that a wrong one ends the reading. */
public abstract class JsonObject {

    protected final JsonParser json;
    private final RequestMemory memory;
    /** What is read, for errors; null outside of fields. */
    protected String path;

    protected JsonObject(JsonParser json, RequestMemory memory) {
        this.json = json;
        this.memory = memory;
    }

    protected final void read() throws IOException {
        checked(() -> {
            expect(json.nextToken(), JsonToken.START_OBJECT, "an object");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                path = json.currentName();
                field(json.nextToken());
                path = null;
            }
            if (json.nextToken() != null) {
                throw new RequestException(null, "found more behind the JSON object's end");
            }
        });
    }

    /** @throws RequestException if what is read is no JSON */
    final void checked(Reading reading) throws IOException {
        try {
            reading.read();
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
            throw new RequestException(path,
                    (path == null ? "" : path + ": ") + "not valid JSON: " + e.getOriginalMessage() + where);
        }
    }

    /** The field at the path, by its first token. */
    protected abstract void field(JsonToken token) throws IOException;

    final Image picture(JsonToken token) throws IOException {
        expect(token, JsonToken.VALUE_STRING, "the picture's file as base64");
        BoundedBytes bytes = new BoundedBytes(path, memory.maxImageBytes(), memory);
        try {
            json.readBinaryValue(bytes);
        } catch (IllegalArgumentException e) {
            throw badField(path, "not base64: " + e.getMessage());
        }
        if (bytes.size() == 0) {
            throw badField(path, "found an empty string, expected the picture's file as base64");
        }
        return Image.of(bytes.toByteArray());
    }

    final void strings(JsonToken token, Strings to) throws IOException {
        expect(token, JsonToken.START_ARRAY, "an array of strings");
        String field = path;
        int index = 0;
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            path = field + "[" + index++ + "]";
            to.add(string(item));
        }
    }

    protected final double number(JsonToken token, String description) throws IOException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            expect(token, JsonToken.VALUE_NUMBER_FLOAT, description);
        }
        return json.getDoubleValue();
    }

    final boolean bool(JsonToken token) {
        if (token != JsonToken.VALUE_TRUE) {
            expect(token, JsonToken.VALUE_FALSE, "true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    protected final String string(JsonToken token) throws IOException {
        expect(token, JsonToken.VALUE_STRING, "a string");
        return json.getText();
    }

    protected final void expect(JsonToken found, JsonToken expected, String description) {
        if (found != expected) {
            String detail = "found " + describe(found) + ", expected " + description;
            throw path == null ? new RequestException(null, "body: " + detail) : badField(path, detail);
        }
    }

    private static String describe(JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            default -> token.asString();
        };
    }

    /** Takes strings. */
    @FunctionalInterface
    interface Strings {

        void add(String value);
    }

    /** Reads what may be no JSON. */
    @FunctionalInterface
    interface Reading {

        void read() throws IOException;
    }
}
