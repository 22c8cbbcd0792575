package io.instructseg.cli.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.instructseg.cli.benchmark.PictureReport.Answer;
import io.instructseg.cli.benchmark.PictureReport.Gap;
import io.instructseg.cli.benchmark.PictureReport.Limits;
import io.instructseg.cli.benchmark.PictureReport.Memory;
import io.instructseg.cli.benchmark.PictureReport.Model;
import io.instructseg.cli.benchmark.PictureReport.Stage;
import io.instructseg.cli.benchmark.PictureReport.Words;

/** A report as tables of plain text. */
final class PictureTable {

    private static final String ROW = "%-18s%10s%10s%10s%10s%9s%12s%12s";
    private static final double MILLI = 1e3;
    private static final double GIGA = 1e-9;
    private static final double MEGA = 1e-6;

    private final PictureReport report;
    private final List<String> lines = new ArrayList<>();

    PictureTable(PictureReport report) {
        this.report = report;
    }

    String text() {
        lines.add(report.conditions().words());
        Model model = report.model();
        lines.add(String.format(Locale.ROOT, "%s: %,d parameters, %s; a picture of %dx%d pixels, %d tokens", model.name(),
                model.parameters(), model.precision(), model.width(), model.height(), model.promptTokens()));
        report.answers().forEach(this::add);
        add(report.limits());
        add(report.memory());
        if (report.words() != null) {
            add(report.words());
        }
        addGaps();
        return String.join(System.lineSeparator(), lines);
    }

    private void add(Answer answer) {
        lines.add("");
        lines.add(String.format(Locale.ROOT, ROW, answer.sentences() + (answer.sentences() == 1 ? " sentence" : " sentences"),
                "cold, ms", "warm, ms", "GFLOP", "GFLOP/s", "share, %", "weights, MB", "tensors, MB"));
        for (Stage stage : answer.stages()) {
            boolean counted = stage.flops() > 0;
            lines.add(String.format(Locale.ROOT, ROW, stage.name(), figure(stage.cold() * MILLI),
                    figure(stage.warm() * MILLI), counted ? figure(stage.flops() * GIGA) : "-",
                    counted ? figure(stage.rate() * GIGA) : "-",
                    counted ? figure(100 * stage.share()) : "-",
                    figure(stage.weightBytes() * MEGA), figure(stage.tensorBytes() * MEGA)));
        }
    }

    private void add(Limits limits) {
        lines.add("");
        lines.add(String.format(Locale.ROOT,
                "matrix product in %s: %s GFLOP/s (each time the best of 3 in a row, of these the median; best of all %s), which is "
                        + "a share of 100 %%",
                limits.precision(), figure(limits.matrixProduct() * GIGA), figure(limits.bestMatrixProduct() * GIGA)));
        lines.add("memory read by all cores: " + figure(limits.memoryRead() * GIGA) + " GB/s");
    }

    private void add(Memory memory) {
        lines.add(String.format(Locale.ROOT, "loaded in %.1f s: %s MB of weights", memory.loadSeconds(),
                figure(memory.weights() * MEGA)));
        if (memory.loaded() > 0) {
            lines.add(String.format(Locale.ROOT,
                    "resident memory, MB: %s before, %s loaded (peak %s), %s at most in the first answers "
                            + "with masks, %s in any answer (measuring not counted)",
                    figure(memory.before() * MEGA), figure(memory.loaded() * MEGA), figure(memory.loadingPeak() * MEGA),
                    figure(memory.picturePeak() * MEGA), figure(memory.answeringPeak() * MEGA)));
        }
    }

    private void add(Words words) {
        lines.add("");
        lines.add(String.format(Locale.ROOT,
                "answer in words: %d tokens read in %s ms; floor %s ms (%s GFLOP at the matrix product's rate), a share of %s %%",
                words.promptTokens(), milliseconds(words.prefillSeconds()), milliseconds(words.prefillFloor()),
                figure(words.prefillFlops() * GIGA), figure(100 * words.prefillFloor() / words.prefillSeconds())));
        if (words.tokens() > 0) {
            lines.add(String.format(Locale.ROOT,
                    "then %s tokens/s, %s ms each; floor %s ms (%s MB of weights, %s MB of keys and values at the rate of reading memory), "
                            + "a share of %s %%",
                    figure(1 / words.tokenSeconds()), milliseconds(words.tokenSeconds()), milliseconds(words.tokenFloor()),
                    figure(words.tokenWeightBytes() * MEGA), figure(words.tokenCacheBytes() * MEGA),
                    figure(100 * words.tokenFloor() / words.tokenSeconds())));
        }
    }

    private void addGaps() {
        lines.add("");
        List<String> columns = new ArrayList<>(List.of("1 sentence, ms", "recorded", "floor"));
        for (OperationKind kind : OperationKind.values()) {
            columns.add(kind.label());
        }
        columns.addAll(List.of("none", "around"));
        lines.add(row(columns));
        for (Gap gap : report.gaps()) {
            List<String> cells = new ArrayList<>(List.of(gap.name(), milliseconds(gap.seconds()), milliseconds(gap.floor())));
            for (OperationKind kind : OperationKind.values()) {
                cells.add(milliseconds(gap.kinds().getOrDefault(kind, 0.0)));
            }
            cells.addAll(List.of(milliseconds(gap.between()), milliseconds(gap.around())));
            lines.add(row(cells));
        }
        lines.add(
                "floor: the operations at the matrix product's rate. products: of matrices, and convolutions. sums: softmax, means.");
        lines.add(
                "moves: transpositions, gathers, copies. none: between operations. around: tensors in and out, the recording.");
        lines.add("decode: all tokens of an answer; its floor is that of reading weights, keys and values.");
    }

    private static String row(List<String> cells) {
        StringBuilder row = new StringBuilder(String.format("%-16s", cells.get(0)));
        cells.subList(1, cells.size()).forEach(cell -> row.append(String.format("%10s", cell)));
        return row.toString();
    }

    private static String milliseconds(double seconds) {
        return figure(seconds * MILLI);
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%,.1f", value);
    }
}
