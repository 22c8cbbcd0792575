package io.instructseg.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.mask.Box;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.instructseg.engine.text.Task;
import io.instructseg.format.Signature;

/** What the answers have in common. */
final class Json {

    /** Plain ASCII, since the terminal's character set is not ours to choose. */
    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private Json() {
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** In one line. */
    static String text(ObjectNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    static String name(Task task) {
        return task.name().toLowerCase(Locale.ROOT);
    }

    static void putImage(ObjectNode node, Path file, DecodedImage image) {
        node.putObject("image").put("file", file.toString()).put("width", image.image().width())
                .put("height", image.image().height()).put("truncated", image.truncated());
    }

    /** In milliseconds: of a command's steps, and of the model's stages. */
    static void putTimings(ObjectNode node, StepTimes times, Map<Signature, Duration> stages) {
        ObjectNode timings = node.putObject("timings");
        times.durations().forEach((step, duration) -> timings.put(step, milliseconds(duration)));
        new TreeMap<>(stages).forEach((stage, duration) -> timings.put(stage.key(), milliseconds(duration)));
    }

    private static double milliseconds(Duration duration) {
        return duration.toNanos() / 100_000 / 10.0;
    }

    /** Null if the mask is empty. */
    static void putBox(ObjectNode node, Segmentation answer) {
        node.putNull("box");
        answer.box().ifPresent(box -> put(node.putObject("box"), box));
    }

    private static void put(ObjectNode node, Box box) {
        node.put("x", box.x()).put("y", box.y()).put("width", box.width()).put("height", box.height());
    }

    /** COCO's. */
    static void putRunLengths(ObjectNode node, String name, Mask mask) {
        RunLengthEncoding runs = RunLengthEncoding.encode(mask);
        ObjectNode object = node.putObject(name);
        object.putArray("size").add(runs.height()).add(runs.width());
        object.put("counts", runs.counts());
    }
}
