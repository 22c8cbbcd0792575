package io.instructseg.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;

/** A sentence about one of the demo model's example pictures, and what the official code answers. */
record Example(Path picture, String sentence, double score, Mask mask) {

    private static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));

    /** The first of a task: {@code res} or {@code reason}. */
    static Example of(String task) {
        try {
            JsonNode all = new ObjectMapper().readTree(EXAMPLES.resolve("expected.json").toFile());
            return StreamSupport.stream(all.spliterator(), false).filter(example -> example.get("task").asText().equals(task))
                    .findFirst().map(Example::of).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Example of(JsonNode example) {
        JsonNode mask = example.get("official").get("mask");
        RunLengthEncoding encoded = new RunLengthEncoding(mask.get("size").get(0).asInt(), mask.get("size").get(1).asInt(),
                mask.get("counts").asText());
        return new Example(EXAMPLES.resolve(example.get("image").asText()), example.get("sentence").asText(),
                example.get("official").get("score").asDouble(), encoded.decode());
    }
}
