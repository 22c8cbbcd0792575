package io.instructseg.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** A question about one of the demo model's example pictures, and what the official code answers. */
record QuestionExample(Path picture, String question, String answer) {

    private static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));

    static List<QuestionExample> all() {
        try {
            JsonNode all = new ObjectMapper().readTree(EXAMPLES.resolve("expected.json").toFile());
            return StreamSupport.stream(all.spliterator(), false).filter(example -> example.get("task").asText().equals("vqa"))
                    .map(example -> new QuestionExample(EXAMPLES.resolve(example.get("image").asText()),
                            example.get("question").asText(), example.at("/official/text").asText()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
