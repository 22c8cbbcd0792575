package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.io.IOException;
import java.io.InputStream;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

import io.instructseg.quarkus.Image;

/** Reads a JSON body field by field as it arrives, so that a wrong one ends the reading. Messages have more fields. */
public class JsonBody {

    protected final JsonParser json;
    protected final RequestFields fields = new RequestFields();
    private final RequestMemory memory;
    /** What is read, for errors; null outside of fields. */
    protected String path;

    protected JsonBody(JsonParser json, RequestMemory memory) {
        this.json = json;
        this.memory = memory;
    }

    /**
     * @param memory what pictures may take
     * @throws RequestException if the body is not what is expected
     * @throws IOException if it can't be read
     */
    public static RequestFields read(InputStream body, RequestMemory memory) throws IOException {
        try (JsonParser json = Json.FACTORY.createParser(body).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
            JsonBody reader = new JsonBody(json, memory);
            reader.read();
            return reader.fields;
        }
    }

    protected final void read() throws IOException {
        try {
            expect(json.nextToken(), JsonToken.START_OBJECT, "an object");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                path = json.currentName();
                field(json.nextToken());
                path = null;
            }
            if (json.nextToken() != null) {
                throw new RequestException(null, "found more behind the JSON object's end");
            }
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
            throw new RequestException(path,
                    (path == null ? "" : path + ": ") + "not valid JSON: " + e.getOriginalMessage() + where);
        }
    }

    protected void field(JsonToken token) throws IOException {
        switch (path) {
            case RequestFields.IMAGE -> image(token);
            case RequestFields.SENTENCES -> sentences(token);
            case RequestFields.TASK -> fields.task(string(token));
            case RequestFields.CANDIDATES -> fields.candidates(string(token));
            case RequestFields.THRESHOLD -> fields.threshold(number(token, "a number from 0 to 1"));
            default -> throw RequestFields.unknown(path);
        }
    }

    protected void image(JsonToken token) throws IOException {
        expect(token, JsonToken.VALUE_STRING, "the picture's file as base64");
        BoundedBytes bytes = new BoundedBytes(RequestFields.IMAGE, memory.maxImageBytes(), memory);
        try {
            json.readBinaryValue(bytes);
        } catch (IllegalArgumentException e) {
            throw badField(path, "not base64: " + e.getMessage());
        }
        if (bytes.size() == 0) {
            throw badField(path, "found an empty string, expected the picture's file as base64");
        }
        fields.image(Image.of(bytes.toByteArray()));
    }

    private void sentences(JsonToken token) throws IOException {
        expect(token, JsonToken.START_ARRAY, "an array of strings");
        int index = 0;
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            path = RequestFields.SENTENCES + "[" + index++ + "]";
            fields.sentence(string(item));
        }
    }

    protected final double number(JsonToken token, String description) throws IOException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            expect(token, JsonToken.VALUE_NUMBER_FLOAT, description);
        }
        return json.getDoubleValue();
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
}
