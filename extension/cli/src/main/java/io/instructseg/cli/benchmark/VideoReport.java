package io.instructseg.cli.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.format.Precision;

/**
 * What a video's frame takes.
 *
 * @param matrixProduct operations a second of a plain product in the precision of the model's products
 * @param frames with one sentence, with several, and what each further sentence adds
 * @param memory resident bytes after so many frames
 */
public record VideoReport(Conditions conditions, Precision precision, int sentences, double matrixProduct, List<Frame> frames,
        Map<Long, Long> memory) implements Report {

    private static final String ROW = "%-34s%15s%15s%15s";

    /** Operations of a frame, here and in the official script, and its seconds. */
    public record Frame(double flops, double officialFlops, double seconds) {

        double share() {
            return flops / officialFlops;
        }

        double rate() {
            return flops / seconds;
        }
    }

    @FunctionalInterface
    private interface Figure {
        double of(Frame frame);
    }

    static VideoReport of(Conditions conditions, Precision precision, int sentences, FrameFlops flops, VideoMeasurement one,
            VideoMeasurement several) {
        int others = sentences - 1;
        List<Frame> frames = List.of(new Frame(flops.first(), flops.official(), one.seconds()),
                new Frame(flops.first() + others * flops.further(), sentences * flops.official(), several.seconds()),
                new Frame(flops.further(), flops.official(), (several.seconds() - one.seconds()) / others));
        return new VideoReport(conditions, precision, sentences, (one.productRate() + several.productRate()) / 2, frames,
                one.memory());
    }

    @Override
    public String text() {
        List<String> lines = new ArrayList<>(List.of(conditions.words(), "", String.format(ROW, "a frame of a video",
                "1 sentence", sentences + " sentences", "a further one")));
        lines.add(row("GFLOP", frame -> frame.flops * 1e-9));
        lines.add(row("GFLOP, official script", frame -> frame.officialFlops * 1e-9));
        lines.add(row("share of the official script's, %", frame -> 100 * frame.share()));
        lines.add(row("ms", frame -> frame.seconds * 1e3));
        lines.add(row("GFLOP/s", frame -> frame.rate() * 1e-9));
        lines.add(row("share of a matrix product's, %", frame -> 100 * frame.rate() / matrixProduct));
        lines.add(String.format("%-34s%15s", "matrix product, GFLOP/s", figure(matrixProduct * 1e-9)));
        memory.forEach((after, bytes) -> lines.add(String.format("%-34s%15s",
                "memory after " + after + (after == 1 ? " frame" : " frames") + ", MB", figure(bytes * 1e-6))));
        return String.join(System.lineSeparator(), lines);
    }

    private String row(String name, Figure figure) {
        return String.format(ROW, name, figure(figure.of(frames.get(0))), figure(figure.of(frames.get(1))),
                figure(figure.of(frames.get(2))));
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%,.1f", value);
    }

    @Override
    public ObjectNode json() {
        return Reports.json(this);
    }
}
