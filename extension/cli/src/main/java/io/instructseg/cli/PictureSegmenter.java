package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** {@code segment} of a picture. */
final class PictureSegmenter {

    private final SegmentRequest request;
    private final PictureArguments arguments;
    private final CommandLine command;

    PictureSegmenter(SegmentRequest request, PictureArguments arguments, CommandLine command) {
        this.request = request;
        this.arguments = arguments;
        this.command = command;
    }

    void run() throws IOException {
        SegmentReport report = answer(outputs());
        PrintWriter out = command.getOut();
        out.println(arguments.json ? report.json() : report.text());
        out.flush();
        PictureFile.warn(arguments.image, report.image(), command.getErr());
    }

    private SegmentReport answer(List<SegmentOutput> outputs) throws IOException {
        StepTimes times = new StepTimes();
        try (Progress progress = Progress.start(command.getErr())) {
            progress.step("decoding the picture");
            DecodedImage decoded = times.time("decode_image", () -> PictureFile.decode(arguments.image));
            List<Segmentation> segmentations = segment(decoded, progress, times);
            progress.step("writing");
            for (int i = 0; i < outputs.size(); i++) {
                outputs.get(i).write(segmentations.get(i));
            }
            return new SegmentReport(arguments.image, decoded, request.task(), request.sentences(), arguments.explain,
                    segmentations, outputs, times);
        }
    }

    private List<Segmentation> segment(DecodedImage decoded, Progress progress, StepTimes times) throws IOException {
        progress.step("loading the model");
        try (ModelSource source = ModelSource.open(request.model());
                SegmentationModel loaded = times.time("load_model", () -> source.load(progress))) {
            progress.step("segmenting");
            return loaded.segment(decoded, request.instructions(), request.options(), CancellationToken.NONE);
        } catch (ImageException e) {
            throw PictureFile.in(arguments.image, e);
        }
    }

    /** The files to write for each sentence, which can be written as far as can be told. */
    private List<SegmentOutput> outputs() throws IOException {
        int sentences = request.sentences().size();
        List<SegmentOutput> outputs = Stream.iterate(1, number -> number + 1).limit(sentences)
                .map(number -> new SegmentOutput(output(Optional.ofNullable(arguments.mask), number),
                        output(request.overlay(), number)))
                .toList();
        List<Path> paths = Stream.concat(Stream.of(arguments.image), outputs.stream().flatMap(SegmentOutput::paths))
                .map(path -> path.toAbsolutePath().normalize()).toList();
        if (paths.stream().distinct().count() < paths.size()) {
            throw new ParameterException(command, "--image, --mask and --overlay must be different files");
        }
        for (SegmentOutput pair : outputs) {
            pair.check();
        }
        return outputs;
    }

    private Optional<OutputFile> output(Optional<Path> path, int number) {
        return path.map(OutputFile::new).map(file -> request.sentences().size() > 1 ? file.numbered(number) : file);
    }
}
