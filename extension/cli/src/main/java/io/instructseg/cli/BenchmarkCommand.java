package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import io.instructseg.cli.benchmark.Conditions;
import io.instructseg.cli.benchmark.LoadBenchmark;
import io.instructseg.cli.benchmark.MovingPicture;
import io.instructseg.cli.benchmark.PictureBenchmark;
import io.instructseg.cli.benchmark.Report;
import io.instructseg.cli.benchmark.RequestBenchmark;
import io.instructseg.cli.benchmark.RequestReport;
import io.instructseg.cli.benchmark.VideoBenchmark;
import io.instructseg.cli.benchmark.Watcher;
import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.format.ModelManifest;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code instructseg benchmark}. */
@Command(name = "benchmark", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, //
        header = "Measures what a picture, a video's frame, many requests or loading take.", //
        description = {
                "%nA picture: the time of each stage and of all, the first time after loading and later (median), for one "
                        + "sentence and for several; its operations, counted from the model's sizes; their share of the rate of "
                        + "a plain matrix product of the same precision in the same run; bytes; resident memory; and what one "
                        + "answer's time is made of, by kinds of operations.%n",
                "A video's frame: the same as a whole, beside the operations of the official script.%n",
                "Loading: its time beside that of reading the files, and what of the memory unloading gives back.%n",
                "Run it on an otherwise idle machine. Progress and an estimate go to standard error.%n" })
final class BenchmarkCommand implements Callable<Integer> {

    private static final Duration INTERVAL = Duration.ofMillis(40);
    private static final int FEWEST_REQUESTS = 30;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL_DIR|demo", description = "Directory of a model, or 'demo' for the built-in one.")
    private String model;

    @Option(names = "--sentences", paramLabel = "N", defaultValue = "4", description = "How many are several. Default: 4.")
    private int sentences;

    @Option(names = "--json", paramLabel = "FILE|-", description = "Write the report as a JSON object, too: times in seconds, "
            + "sizes in bytes. With '-' to standard output, and nothing else there.")
    private String json;

    @ArgGroup
    private BenchmarkModes modes = new BenchmarkModes();

    @Override
    public Integer call() throws IOException {
        check();
        OutputFile file = json == null || json.equals("-") ? null : new OutputFile(Path.of(json));
        if (file != null) {
            file.check();
        }
        Report report;
        try (Progress progress = Progress.start(spec.commandLine().getErr()); ModelSource source = ModelSource.open(model)) {
            report = measure(source, progress);
        }
        write(report, file);
        if (report instanceof RequestReport requests && !requests.flat()) {
            throw new IOException("resident memory grew with the requests: see the report");
        }
        return 0;
    }

    private void check() {
        require("--sentences", sentences, 2);
        if (modes.picture != null) {
            require("--rounds", modes.picture.rounds, 1);
        } else if (modes.video != null) {
            require("--frames", modes.video.frames, 1);
        } else if (modes.requests != null) {
            require("--requests", modes.requests.requests, FEWEST_REQUESTS);
        } else if (modes.loads != null) {
            require("--loads", modes.loads.loads, 1);
        }
    }

    private void require(String option, int found, int least) {
        if (found < least) {
            throw new ParameterException(spec.commandLine(), option + " is " + found + ", expected " + least + " or more");
        }
    }

    private Report measure(ModelSource source, Progress progress) throws IOException {
        Conditions conditions = Conditions.now(commandLine());
        Watcher watcher = new BenchmarkProgress(progress, spec.commandLine().getErr());
        if (modes.requests != null) {
            try (SegmentationModel loaded = source.load(progress)) {
                loaded.warmUp(CancellationToken.NONE);
                return new RequestBenchmark(modes.requests.requests, watcher).run(loaded, conditions);
            }
        }
        if (modes.loads != null) {
            return new LoadBenchmark(PictureBenchmark.madeUp(), modes.loads.loads, watcher).run(source.directory(),
                    () -> source.load(progress), conditions);
        }
        // that it is missing is told before the weights are read
        ModelManifest manifest = ModelManifest.read(source.directory());
        if (modes.video != null) {
            try (SegmentationModel loaded = source.load(progress)) {
                return new VideoBenchmark(this::video, modes.video.frames, sentences, watcher).run(loaded, manifest,
                        conditions);
            }
        }
        BenchmarkModes.Picture picture = modes.picture == null ? new BenchmarkModes.Picture() : modes.picture;
        return new PictureBenchmark(image(picture.image), sentences, picture.rounds, watcher).run(model, source.directory(),
                manifest, () -> source.load(progress), conditions);
    }

    private static DecodedImage image(Path file) throws IOException {
        return file == null ? PictureBenchmark.madeUp() : ImageDecoder.decode(file, ImageLimits.DEFAULT);
    }

    private FrameSource video(int most) throws IOException {
        return modes.video.video == null ? new MovingPicture(most)
                : VideoArguments.open(modes.video.video, INTERVAL, FrameSelection.ALL.first(most)).frames();
    }

    private String commandLine() {
        return spec.root().commandLine().getParseResult().originalArgs().stream()
                .map(argument -> argument.contains(" ") ? "'" + argument + "'" : argument)
                .collect(Collectors.joining(" ", "instructseg ", ""));
    }

    private void write(Report report, OutputFile file) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.println("-".equals(json) ? Json.text(report.json()) : report.text());
        out.flush();
        if (file != null) {
            file.write((Json.text(report.json()) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
