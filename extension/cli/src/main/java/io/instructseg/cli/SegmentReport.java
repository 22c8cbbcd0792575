package io.instructseg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.text.Task;

/** The answers of {@code segment}, for people and for programs. */
record SegmentReport(Path file, DecodedImage image, Task task, List<String> sentences, boolean explains,
        List<Segmentation> segmentations, List<SegmentOutput> outputs, StepTimes times) {

    String text() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < sentences.size(); i++) {
            Segmentation answer = segmentations.get(i);
            lines.add(sentences.get(i));
            lines.add("  score " + String.format(Locale.ROOT, "%.3f", answer.score()) + where(answer));
            if (explains) {
                lines.add("  " + answer.explanation().map(words -> "because: " + words).orElse("no explanation"));
            }
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
        ObjectNode root = Json.object();
        Json.putImage(root, file, image);
        ArrayNode answers = root.putArray("segmentations");
        for (int i = 0; i < sentences.size(); i++) {
            add(answers.addObject(), i);
        }
        Json.putTimings(root, times, segmentations.get(0).timings());
        return Json.text(root);
    }

    private void add(ObjectNode answer, int index) {
        Segmentation segmentation = segmentations.get(index);
        answer.put("instruction", sentences.get(index)).put("task", Json.name(task)).put("found", segmentation.found())
                .put("score", segmentation.score()).put("query", segmentation.candidates().get(0).query());
        Json.putBox(answer, segmentation);
        answer.put("area", segmentation.area());
        Json.putRunLengths(answer, "mask", segmentation.mask());
        if (explains) {
            answer.put("explanation", segmentation.explanation().orElse(null));
        }
        ObjectNode files = answer.putObject("files");
        outputs.get(index).files().forEach((kind, output) -> files.put(kind, output.path().toString()));
    }
}
