package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

/** Reads a JSON body with a question. */
public final class QuestionBody extends JsonObject {

    private final AnswerFields fields;

    private QuestionBody(JsonParser json, AnswerFields fields, RequestMemory memory) {
        super(json, memory);
        this.fields = fields;
    }

    /**
     * @param memory what pictures may take
     * @throws RequestException if the body is not what is expected
     * @throws IOException if it can't be read
     */
    public static void read(InputStream body, AnswerFields fields, RequestMemory memory) throws IOException {
        try (JsonParser json = Json.FACTORY.createParser(body).disable(JsonParser.Feature.AUTO_CLOSE_SOURCE)) {
            new QuestionBody(json, fields, memory).read();
        }
    }

    /** The same turns in a form's field. */
    static void turns(String value, AnswerFields fields) {
        try (JsonParser json = Json.FACTORY.createParser(value)) {
            QuestionBody reader = new QuestionBody(json, fields, null);
            reader.path = AnswerFields.TURNS;
            reader.checked(() -> {
                reader.turns(json.nextToken());
                if (json.nextToken() != null) {
                    throw badField(AnswerFields.TURNS, "found more behind the array's end");
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void field(JsonToken token) throws IOException {
        switch (path) {
            case AnswerFields.IMAGE -> fields.image(picture(token));
            case AnswerFields.QUESTION -> fields.question(string(token));
            case AnswerFields.TURNS -> turns(token);
            case AnswerFields.STOP -> strings(token, fields::stop);
            default -> number(token);
        }
    }

    private void number(JsonToken token) throws IOException {
        if (!AnswerFields.NAMES.contains(path)) {
            throw fields.unknownField(path);
        }
        number(token, "a number");
        fields.text(path, json.getText());
    }

    private void turns(JsonToken token) throws IOException {
        expect(token, JsonToken.START_ARRAY, "an array of objects with question and answer");
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            path = fields.turn();
            expect(item, JsonToken.START_OBJECT, "an object with question and answer");
            turn(path);
        }
    }

    private void turn(String at) throws IOException {
        String question = null;
        String answer = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            path = at + "." + Fields.shortened(json.currentName());
            switch (json.currentName()) {
                case AnswerFields.QUESTION -> question = string(json.nextToken());
                case AnswerFields.ANSWER -> answer = string(json.nextToken());
                default -> throw badField(path, "found an unknown field, expected question or answer");
            }
        }
        fields.turn(question, answer);
    }
}
