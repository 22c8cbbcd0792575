package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.MAPPER;
import static io.instructseg.it.rest.Examples.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

import io.instructseg.engine.mask.Mask;

/** The demo model's example videos with the official code's answers. */
final class VideoExamples {

    static final String ENDPOINT = "/api/instructseg/videos";
    private static final Map<String, String> TASKS = Map.of("rvos", "referring", "revos", "reasoning");

    private VideoExamples() {
    }

    static List<Example> all() throws IOException {
        List<Example> examples = new ArrayList<>();
        for (JsonNode example : MAPPER.readTree(path("expected.json").toFile())) {
            if (TASKS.containsKey(example.get("task").asText())) {
                examples.add(new Example(path(example.at("/frames/0").asText()).getParent(),
                        TASKS.get(example.get("task").asText()), example.get("sentence").asText(), example.get("official")));
            }
        }
        return examples;
    }

    /** The examples of each request that asks for all of a video and a task. */
    static List<List<Example>> requests() throws IOException {
        Map<String, List<Example>> requests = new LinkedHashMap<>();
        for (Example example : all()) {
            requests.computeIfAbsent(example.folder() + example.task(), key -> new ArrayList<>()).add(example);
        }
        return List.copyOf(requests.values());
    }

    /** A sentence about a video, and what the official code answers to each frame. */
    record Example(Path folder, String task, String sentence, JsonNode official) {

        int frames() {
            return official.get("scores").size();
        }

        void assertMatches(JsonNode answer, int frame) {
            assertThat(answer.get("sentence").asText()).isEqualTo(sentence);
            assertThat(answer.get("task").asText()).isEqualTo(task);
            assertThat(answer.get("found").asBoolean()).isTrue();
            assertThat(answer.get("score").asDouble()).isCloseTo(official.at("/scores/" + frame).asDouble(), within(1e-4));
            Mask mask = Examples.mask(answer.at("/mask/rle"));
            assertThat(mask.iou(Examples.mask(official.at("/masks/" + frame)))).isGreaterThan(0.999);
            assertThat(answer.at("/mask/area").asLong()).isEqualTo(mask.area());
        }
    }
}
