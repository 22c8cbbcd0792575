package io.instructseg.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.mask.Box;
import io.instructseg.engine.mask.RunLengthEncoding;
import io.instructseg.engine.text.Task;
import io.instructseg.format.Signature;

/** The answers of {@code segment}, for people and for programs. */
record SegmentReport(Path file, DecodedImage image, Task task, List<String> sentences,
        List<Segmentation> segmentations, List<SegmentOutput> outputs, StepTimes times) {

    /** Plain ASCII, since the terminal's character set is not ours to choose. */
    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    String text() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < sentences.size(); i++) {
            Segmentation answer = segmentations.get(i);
            lines.add(sentences.get(i));
            lines.add("  score " + String.format(Locale.ROOT, "%.3f", answer.score()) + where(answer));
            outputs.get(i).files().forEach((kind, output) -> lines.add("  " + kind + " written to " + output.path()));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static String where(Segmentation answer) {
        double pixels = (double) answer.width() * answer.height();
        return answer.box()
                .map(box -> String.format(Locale.ROOT, ", %.1f %% of the picture, x %d to %d, y %d to %d",
                        100 * answer.area() / pixels, box.x(), box.x() + box.width() - 1, box.y(),
                        box.y() + box.height() - 1))
                .orElse(", an empty mask");
    }

    String json() {
        ObjectNode root = MAPPER.createObjectNode();
        root.putObject("image").put("file", file.toString()).put("width", image.image().width())
                .put("height", image.image().height()).put("truncated", image.truncated());
        ArrayNode answers = root.putArray("segmentations");
        for (int i = 0; i < sentences.size(); i++) {
            add(answers.addObject(), i);
        }
        ObjectNode timings = root.putObject("timings");
        times.durations().forEach((step, duration) -> timings.put(step, milliseconds(duration)));
        Map<Signature, Duration> stages = new TreeMap<>(segmentations.get(0).timings());
        stages.forEach((stage, duration) -> timings.put(stage.key(), milliseconds(duration)));
        try {
            return MAPPER.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private void add(ObjectNode answer, int index) {
        Segmentation segmentation = segmentations.get(index);
        answer.put("instruction", sentences.get(index)).put("task", task.name().toLowerCase(Locale.ROOT))
                .put("score", segmentation.score()).put("query", segmentation.candidates().get(0).query());
        answer.putNull("box");
        segmentation.box().ifPresent(box -> add(answer.putObject("box"), box));
        answer.put("area", segmentation.area());
        RunLengthEncoding runs = RunLengthEncoding.encode(segmentation.mask());
        ObjectNode mask = answer.putObject("mask");
        mask.putArray("size").add(runs.height()).add(runs.width());
        mask.put("counts", runs.counts());
        ObjectNode files = answer.putObject("files");
        outputs.get(index).files().forEach((kind, output) -> files.put(kind, output.path().toString()));
    }

    private static void add(ObjectNode node, Box box) {
        node.put("x", box.x()).put("y", box.y()).put("width", box.width()).put("height", box.height());
    }

    private static double milliseconds(Duration duration) {
        return duration.toNanos() / 100_000 / 10.0;
    }
}
