package io.instructseg.it.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;

/** A picture and a sentence with the official code's answer. */
record DemoExample(String task, String image, String sentence, double score, Mask mask) {

    private static final Path DIRECTORY = Path.of(System.getProperty("instructseg.demo-examples"));

    /** All that ask for a mask in a picture, in the file's order. */
    static List<DemoExample> all() {
        try {
            JsonNode examples = new ObjectMapper().readTree(DIRECTORY.resolve("expected.json").toFile());
            return StreamSupport.stream(examples.spliterator(), false)
                    .filter(example -> example.has("image") && List.of("res", "reason").contains(example.get("task").asText()))
                    .map(DemoExample::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static DemoExample of(String image, String sentence) {
        return all().stream().filter(example -> example.image.equals(image) && example.sentence.equals(sentence)).findFirst()
                .orElseThrow();
    }

    private static DemoExample of(JsonNode example) {
        JsonNode official = example.get("official");
        JsonNode mask = official.get("mask");
        JsonNode size = mask.get("size");
        return new DemoExample(example.get("task").asText(), example.get("image").asText(), example.get("sentence").asText(),
                official.get("score").asDouble(),
                new RunLengthEncoding(size.get(0).asInt(), size.get(1).asInt(), mask.get("counts").asText()).decode());
    }

    File file() {
        return DIRECTORY.resolve(image).toFile();
    }
}
