package io.instructseg.quarkus.runtime.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;

/** JSON as the extension reads and writes it, whatever the host does with its own. */
public final class Json {

    /** Strict, and bounded: pictures don't pass through strings. */
    public static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).maxNumberLength(100)
                    .maxNameLength(1000).maxStringLength(Fields.MOST_CHARACTERS).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private Json() {
    }

    /** An object without line breaks. */
    static byte[] line(Content content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            content.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static void milliseconds(JsonGenerator json, String name, Duration duration) throws IOException {
        json.writeNumberField(name, duration.toNanos() / 100_000 / 10.0);
    }

    /** What an object has. */
    @FunctionalInterface
    interface Content {

        void write(JsonGenerator json) throws IOException;
    }
}
