package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.text.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code instructseg segment}. */
@Command(name = "segment", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, //
        header = "Finds what a sentence means in a picture.", //
        description = { "%nFinds in a picture what a sentence means, and tells how well it fits (score, 0 to 1), where it "
                + "is and how much of the picture it covers. The model always answers with some mask: a low score "
                + "means that nothing fits.%n" }, //
        footer = { "%nWith --json, standard output is one object:%n",
                "  image          file, width, height, truncated (whether the file ended early)",
                "  segmentations  for each --text: instruction, task, score, query (the model's mask query that won),",
                "                 box (x, y, width, height; null if the mask is empty), area (pixels),",
                "                 mask (COCO run lengths: size [height, width], counts), files (those written)",
                "  timings        milliseconds of each step, for all sentences together" })
final class SegmentCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "MODEL_DIR|demo", //
            description = "Directory of a converted model, or 'demo' for the small built-in one, which knows drawn scenes "
                    + "of everyday objects and nothing else (a directory of that name is './demo').")
    private String model;

    @Option(names = "--image", required = true, paramLabel = "FILE", //
            description = "Picture: JPEG, PNG, WebP, GIF (first frame) or BMP, up to 64 million pixels.")
    private Path image;

    @Option(names = "--text", required = true, paramLabel = "SENTENCE", //
            description = "What to segment. May be repeated: each sentence gets its own answer, the picture is encoded once.")
    private List<String> sentences;

    @Option(names = "--task", paramLabel = "referring|reasoning", defaultValue = "referring", //
            description = "referring: the sentences describe an object ('the dog on the left'). reasoning: it follows from "
                    + "them ('what could I cut paper with?'). Default: referring.")
    private Task task;

    @Option(names = "--mask", paramLabel = "out.png", //
            description = "Write the mask: a PNG of the picture's size, 255 inside, 0 outside. With several sentences the "
                    + "files are numbered in their order: out-1.png, out-2.png, ... Existing files are replaced.")
    private Path mask;

    @Option(names = "--overlay", paramLabel = "out.png", //
            description = "Write the picture with the mask painted over it, a PNG; numbered like --mask.")
    private Path overlay;

    @Option(names = "--json", description = "Write one JSON object to standard output, and nothing else.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        SegmentReport report = answer(outputs());
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? report.json() : report.text());
        out.flush();
        if (report.image().truncated()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("warning: " + image + " ends early; what is missing was taken as gray or black");
            err.flush();
        }
        return 0;
    }

    private SegmentReport answer(List<SegmentOutput> outputs) throws IOException {
        StepTimes times = new StepTimes();
        try (Progress progress = Progress.start(spec.commandLine().getErr())) {
            progress.step("decoding the picture");
            DecodedImage decoded = times.time("decode_image", this::decode);
            List<Segmentation> segmentations = segment(decoded, progress, times);
            progress.step("writing");
            for (int i = 0; i < outputs.size(); i++) {
                outputs.get(i).write(segmentations.get(i));
            }
            return new SegmentReport(image, decoded, task, sentences, segmentations, outputs, times);
        }
    }

    private List<Segmentation> segment(DecodedImage decoded, Progress progress, StepTimes times) throws IOException {
        progress.step("loading the model");
        try (ModelSource source = ModelSource.open(model);
                SegmentationModel loaded = times.time("load_model", () -> SegmentationModel.load(source.directory()))) {
            progress.step("segmenting");
            List<Instruction> instructions = sentences.stream()
                    .map(sentence -> new Instruction(task, List.of(sentence))).toList();
            return loaded.segment(decoded, instructions, SegmentationOptions.DEFAULT, CancellationToken.NONE);
        } catch (ImageException e) {
            throw inPicture(e);
        }
    }

    private DecodedImage decode() throws IOException {
        if (Files.isDirectory(image)) {
            throw new IOException(image + " is a directory, expected a picture");
        }
        try {
            return ImageDecoder.decode(image, ImageLimits.DEFAULT);
        } catch (ImageException e) {
            throw inPicture(e);
        }
    }

    private ImageException inPicture(ImageException e) {
        return new ImageException(image + ": " + e.getMessage(), e);
    }

    /** The files to write for each sentence, which can be written as far as can be told. */
    private List<SegmentOutput> outputs() throws IOException {
        List<SegmentOutput> outputs = Stream.iterate(1, number -> number + 1).limit(sentences.size())
                .map(number -> new SegmentOutput(output(mask, number), output(overlay, number))).toList();
        List<Path> paths = Stream.concat(Stream.of(image), outputs.stream().flatMap(SegmentOutput::paths))
                .map(path -> path.toAbsolutePath().normalize()).toList();
        if (paths.stream().distinct().count() < paths.size()) {
            throw new ParameterException(spec.commandLine(), "--image, --mask and --overlay must be different files");
        }
        for (SegmentOutput pair : outputs) {
            pair.check();
        }
        return outputs;
    }

    private Optional<OutputFile> output(Path path, int number) {
        return Optional.ofNullable(path).map(OutputFile::new)
                .map(file -> sentences.size() > 1 ? file.numbered(number) : file);
    }
}
