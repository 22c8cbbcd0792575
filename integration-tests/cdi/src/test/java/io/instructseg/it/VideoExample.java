package io.instructseg.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;

/** A sentence about one of the demo model's example videos, and what the official code answers to each frame. */
record VideoExample(Path folder, String sentence, List<Double> scores, List<Mask> masks) {

    private static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));

    /** The first of a task: {@code rvos} or {@code revos}. */
    static VideoExample of(String task) {
        try {
            JsonNode all = new ObjectMapper().readTree(EXAMPLES.resolve("expected.json").toFile());
            return StreamSupport.stream(all.spliterator(), false).filter(example -> example.get("task").asText().equals(task))
                    .findFirst().map(VideoExample::of).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static VideoExample of(JsonNode example) {
        List<Double> scores = new ArrayList<>();
        example.at("/official/scores").forEach(score -> scores.add(score.asDouble()));
        List<Mask> masks = new ArrayList<>();
        example.at("/official/masks").forEach(mask -> masks.add(new RunLengthEncoding(mask.at("/size/0").asInt(),
                mask.at("/size/1").asInt(), mask.get("counts").asText()).decode()));
        return new VideoExample(EXAMPLES.resolve(example.at("/frames/0").asText()).getParent(),
                example.get("sentence").asText(), scores, masks);
    }
}
