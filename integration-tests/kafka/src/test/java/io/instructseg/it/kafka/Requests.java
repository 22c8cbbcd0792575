package io.instructseg.it.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Messages about the demo model's example pictures, and the official code's answers. */
final class Requests {

    static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));
    static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Map<String, String> TASKS = Map.of("res", "referring", "reason", "reasoning");

    private final List<JsonNode> examples = new ArrayList<>();

    Requests() throws IOException {
        for (JsonNode example : expected()) {
            if (TASKS.containsKey(example.get("task").asText())) {
                examples.add(example);
            }
        }
    }

    private static JsonNode expected() throws IOException {
        return MAPPER.readTree(EXAMPLES.resolve("expected.json").toFile());
    }

    /** The first of a task. */
    static JsonNode example(String task) throws IOException {
        for (JsonNode example : expected()) {
            if (example.get("task").asText().equals(task)) {
                return example;
            }
        }
        throw new IllegalArgumentException(task);
    }

    /** Every other one has its picture in the message, the rest in the store. */
    ObjectNode request(int number, String id) throws IOException {
        JsonNode example = example(number);
        ObjectNode request = MAPPER.createObjectNode().put("id", id);
        String picture = example.get("image").asText();
        if (number % 2 == 0) {
            request.put("image", Base64.getEncoder().encodeToString(Files.readAllBytes(EXAMPLES.resolve(picture))));
        } else {
            request.putObject("image").put("reference", picture);
        }
        request.putArray("sentences").add(example.get("sentence").asText());
        return request.put("task", TASKS.get(example.get("task").asText()));
    }

    private JsonNode example(int number) {
        return examples.get(number % examples.size());
    }

    /** The official code's score for that request. */
    double score(int number) {
        return example(number).get("official").get("score").asDouble();
    }
}
