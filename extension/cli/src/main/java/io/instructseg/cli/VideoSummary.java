package io.instructseg.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Segmentation;

/** A video's answers, for people: for each sentence in how many frames it was found, and the range of its scores. */
final class VideoSummary {

    private final List<String> sentences;
    private final int[] found;
    private final double[] lowest;
    private final double[] highest;
    private long frames;

    VideoSummary(List<String> sentences) {
        this.sentences = sentences;
        this.found = new int[sentences.size()];
        this.lowest = new double[sentences.size()];
        this.highest = new double[sentences.size()];
    }

    void add(FrameSegmentation frame) {
        for (int i = 0; i < found.length; i++) {
            Segmentation answer = frame.segmentations().get(i);
            found[i] += answer.found() ? 1 : 0;
            lowest[i] = frames == 0 ? answer.score() : Math.min(lowest[i], answer.score());
            highest[i] = Math.max(highest[i], answer.score());
        }
        frames++;
    }

    long frames() {
        return frames;
    }

    /** @param written files by what they hold */
    String text(Map<String, Path> written) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < found.length; i++) {
            lines.add(sentences.get(i));
            lines.add(String.format(Locale.ROOT, "  found in %d of %s, score %.3f to %.3f", found[i], Units.frames(frames),
                    lowest[i], highest[i]));
        }
        written.forEach((kind, path) -> lines.add(kind + " written to " + path));
        return String.join(System.lineSeparator(), lines);
    }
}
