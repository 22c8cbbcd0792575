package io.instructseg.it.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;

/** The demo model's example pictures with the official code's answers, and bodies to ask with. */
final class Examples {

    static final String ENDPOINT = "/api/instructseg/segmentations";
    static final String ANSWERS = "/api/instructseg/answers";
    static final ObjectMapper MAPPER = new ObjectMapper();
    static final String SCISSORS_SENTENCE = "outline the pair of scissors";
    static final Path SCISSORS = path("images/01.png");
    private static final Map<String, String> TASKS = Map.of("res", "referring", "reason", "reasoning");

    private Examples() {
    }

    static Path path(String name) {
        return Path.of(System.getProperty("instructseg.demo-examples"), name);
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Examples with a picture. */
    static List<Example> pictures() throws IOException {
        List<Example> examples = new ArrayList<>();
        for (JsonNode example : MAPPER.readTree(path("expected.json").toFile())) {
            if (TASKS.containsKey(example.get("task").asText())) {
                examples.add(new Example(path(example.get("image").asText()), TASKS.get(example.get("task").asText()),
                        example.get("sentence").asText(), example.get("official")));
            }
        }
        return examples;
    }

    /** Examples of questions. */
    static List<Asked> questions() throws IOException {
        List<Asked> examples = new ArrayList<>();
        for (JsonNode example : MAPPER.readTree(path("expected.json").toFile())) {
            if (example.get("task").asText().equals("vqa")) {
                examples.add(new Asked(path(example.get("image").asText()), example.get("question").asText(),
                        example.at("/official/text").asText()));
            }
        }
        return examples;
    }

    /** A picture, a question about it and the official code's answer. */
    record Asked(Path picture, String question, String answer) {

        ObjectNode request() {
            return MAPPER.createObjectNode().put("image", Base64.getEncoder().encodeToString(bytes(picture)))
                    .put("question", question);
        }
    }

    static Example scissors() throws IOException {
        return pictures().stream().filter(example -> example.sentence.equals(SCISSORS_SENTENCE)).findFirst().orElseThrow();
    }

    /** A picture, a sentence about it and the official code's answer. */
    record Example(Path picture, String task, String sentence, JsonNode official) {

        Mask mask() {
            return Examples.mask(official.get("mask"));
        }

        double score() {
            return official.get("score").asDouble();
        }
    }

    static Mask mask(JsonNode rle) {
        return new RunLengthEncoding(rle.get("size").get(0).asInt(), rle.get("size").get(1).asInt(),
                rle.get("counts").asText()).decode();
    }

    static ObjectNode request(byte[] picture, String... sentences) {
        ObjectNode request = MAPPER.createObjectNode().put("image", Base64.getEncoder().encodeToString(picture));
        List.of(sentences).forEach(request.putArray("sentences")::add);
        return request;
    }

    static byte[] png(int width, int height) {
        return encode(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png");
    }

    static byte[] jpeg(int width, int height) {
        return encode(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "jpeg");
    }

    private static byte[] encode(BufferedImage image, String format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            assertThat(ImageIO.write(image, format, out)).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
