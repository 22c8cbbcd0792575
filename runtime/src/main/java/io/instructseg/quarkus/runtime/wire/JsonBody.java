package io.instructseg.quarkus.runtime.wire;

import java.io.IOException;
import java.io.InputStream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

/** Reads a JSON body about a picture. Messages have more fields. */
public class JsonBody extends JsonObject {

    protected final RequestFields fields = new RequestFields();

    protected JsonBody(JsonParser json, RequestMemory memory) {
        super(json, memory);
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

    @Override
    protected void field(JsonToken token) throws IOException {
        switch (path) {
            case RequestFields.IMAGE -> image(token);
            case RequestFields.SENTENCES -> strings(token, fields::sentence);
            case RequestFields.TASK -> fields.task(string(token));
            case RequestFields.CANDIDATES -> fields.candidates(string(token));
            case RequestFields.THRESHOLD -> fields.threshold(number(token, "a number from 0 to 1"));
            case RequestFields.EXPLANATION -> fields.explanation(bool(token));
            default -> throw RequestFields.unknown(path);
        }
    }

    protected void image(JsonToken token) throws IOException {
        fields.image(picture(token));
    }
}
