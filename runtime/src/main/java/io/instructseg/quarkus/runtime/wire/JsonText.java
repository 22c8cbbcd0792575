package io.instructseg.quarkus.runtime.wire;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.core.JsonGenerator;

import io.instructseg.quarkus.Answer;

/** An answer in words as JSON: as a whole, or piece by piece and its end, on one line each. */
public final class JsonText {

    private JsonText() {
    }

    /** All of it. */
    public static byte[] whole(Answer answer) {
        return Json.line(json -> {
            json.writeStringField("text", answer.text());
            end(json, answer);
        });
    }

    /** A piece of its text. */
    public static byte[] piece(String text) {
        return Json.line(json -> json.writeStringField("text", text));
    }

    /** What stands behind the last piece. */
    public static byte[] end(Answer answer) {
        return Json.line(json -> end(json, answer));
    }

    private static void end(JsonGenerator json, Answer answer) throws IOException {
        json.writeStringField("finish", answer.finish().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("prompt_tokens", answer.promptTokens());
        json.writeNumberField("tokens", answer.tokens());
        json.writeObjectFieldStart("timings");
        for (Map.Entry<String, Duration> stage : answer.timings().entrySet()) {
            Json.milliseconds(json, stage.getKey(), stage.getValue());
        }
        json.writeEndObject();
    }
}
