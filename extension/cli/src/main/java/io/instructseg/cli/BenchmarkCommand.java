package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

import io.instructseg.cli.benchmark.FrameFlops;
import io.instructseg.cli.benchmark.MovingPicture;
import io.instructseg.cli.benchmark.VideoMeasurement;
import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.VideoOptions;
import io.instructseg.engine.VideoSegmentation;
import io.instructseg.engine.text.Medium;
import io.instructseg.engine.text.Prompt;
import io.instructseg.engine.text.Task;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.format.ModelManifest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code instructseg benchmark}. */
@Command(name = "benchmark", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, //
        header = "Measures what a video's frame takes.", //
        description = {
                "%nSegments a video for one sentence and for several, and tells what a frame takes: operations, counted "
                        + "from the model's sizes, beside those of the official script; the time (median); both as a share of the "
                        + "rate of a plain float32 matrix product in the same run; the process' memory on the way.%n" })
final class BenchmarkCommand implements Callable<Integer> {

    private static final String SENTENCE = "the thing on the left";
    private static final int FRAMES_OF_SEVERAL = 50;
    private static final Duration INTERVAL = Duration.ofMillis(40);
    private static final String ROW = "%-34s %14s %14s %14s%n";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL_DIR|demo", description = "Directory of a model, or 'demo' for the built-in one.")
    private String model;

    @Option(names = "--video", paramLabel = "FILE|DIR", description = "The video. Default: a made-up one of 640x360 pixels.")
    private Path video;

    @Option(names = "--frames", paramLabel = "N", defaultValue = "50", //
            description = "Frames to segment for one sentence; for several at most 50. From more than 1000 on, memory is "
                    + "told after 1000, too. Default: 50.")
    private int frames;

    @Option(names = "--sentences", paramLabel = "N", defaultValue = "4", description = "How many are several. Default: 4.")
    private int several;

    @Override
    public Integer call() throws IOException {
        if (frames < 1 || several < 2) {
            throw new ParameterException(spec.commandLine(), "--frames is " + frames + " and --sentences " + several
                    + ", expected 1 and 2 or more");
        }
        FrameFlops flops;
        VideoMeasurement one;
        VideoMeasurement many;
        try (Progress progress = Progress.start(spec.commandLine().getErr()); ModelSource source = ModelSource.open(model)) {
            progress.step("loading the model");
            try (SegmentationModel loaded = source.load(progress)) {
                flops = flops(loaded);
                loaded.warmUp(CancellationToken.NONE);
                one = measure(loaded, 1, frames, progress);
                many = measure(loaded, several, Math.min(frames, FRAMES_OF_SEVERAL), progress);
            }
        }
        print(flops, one, many);
        return 0;
    }

    private FrameFlops flops(SegmentationModel loaded) throws IOException {
        ModelManifest manifest = loaded.manifest()
                .orElseThrow(() -> new IOException(model + " has no " + ModelManifest.FILE + ", which tells its sizes"));
        Prompt prompt = loaded.prompts().segmentation(Medium.VIDEO, Task.REFERRING, List.of(SENTENCE));
        // below zero are the placeholders of what is spliced in
        int text = (int) IntStream.of(prompt.ids()).filter(id -> id >= 0).count();
        return new FrameFlops(manifest.hyperparameters(), text, prompt.instruction().length, loaded.referenceFrames());
    }

    private VideoMeasurement measure(SegmentationModel loaded, int sentences, int most, Progress progress) throws IOException {
        List<Instruction> instructions = IntStream.range(0, sentences).mapToObj(i -> Instruction.referring(SENTENCE)).toList();
        FrameSource source = video == null ? new MovingPicture(most)
                : VideoArguments.open(video, INTERVAL, FrameSelection.ALL.first(most)).frames();
        try (VideoSegmentation answers = loaded.segment(source, instructions, VideoOptions.DEFAULT, CancellationToken.NONE)) {
            return VideoMeasurement.of(answers,
                    done -> progress.updateFrames("sentences: " + sentences, done, OptionalLong.of(most)));
        }
    }

    private void print(FrameFlops flops, VideoMeasurement one, VideoMeasurement many) {
        int others = several - 1;
        double ours = flops.first() + others * flops.further();
        double rate = (one.productRate() + many.productRate()) / 2;
        double further = (many.seconds() - one.seconds()) / others;
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, ROW, "a frame of a video", "1 sentence", several + " sentences", "a further one");
        row(out, "GFLOP", flops.first() * 1e-9, ours * 1e-9, flops.further() * 1e-9);
        row(out, "GFLOP, official script", flops.official() * 1e-9, several * flops.official() * 1e-9,
                flops.official() * 1e-9);
        row(out, "share of the official script's, %", 100 * flops.first() / flops.official(),
                100 * ours / several / flops.official(), 100 * flops.further() / flops.official());
        row(out, "ms", one.seconds() * 1e3, many.seconds() * 1e3, further * 1e3);
        row(out, "GFLOP/s", flops.first() / one.seconds() * 1e-9, ours / many.seconds() * 1e-9,
                flops.further() / further * 1e-9);
        row(out, "share of a matrix product's, %", 100 * flops.first() / one.seconds() / rate,
                100 * ours / many.seconds() / rate, 100 * flops.further() / further / rate);
        out.printf(Locale.ROOT, "%-34s %14.1f%n", "matrix product, GFLOP/s", rate * 1e-9);
        one.memory().forEach((after, bytes) -> out.printf(Locale.ROOT, "%-34s %14s%n",
                "memory after " + Units.frames(after) + ", MB", figure(bytes * 1e-6)));
        out.flush();
    }

    private static void row(PrintWriter out, String name, double one, double many, double further) {
        out.printf(Locale.ROOT, ROW, name, figure(one), figure(many), figure(further));
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%,.1f", value);
    }
}
