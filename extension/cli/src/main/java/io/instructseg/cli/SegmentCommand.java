package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import io.instructseg.engine.Candidates;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.text.Task;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code instructseg segment}. */
@Command(name = "segment", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, //
        header = "Finds what a sentence means in a picture or a video.", //
        description = { "%nFinds in a picture, or in each frame of a video, what a sentence means, and tells how well it fits "
                + "(score, 0 to 1), where it is and how much of the picture it covers. The model always answers with some "
                + "mask: a low score means that nothing fits.%n" }, //
        footer = { "%nWith --json, standard output is one object:%n",
                "  image          file, width, height, truncated (whether the file ended early)",
                "  segmentations  for each --text: instruction, task, found, score, query (the model's mask",
                "                 query that won), box (x, y, width, height; null if the mask is empty),",
                "                 area (pixels), mask (COCO run lengths: size [height, width], counts),",
                "                 files (those written), with --explain: explanation (null if there is none)",
                "  timings        milliseconds of each step, for all sentences together",
                "%nWith --jsonl, each line is an object:%n",
                "  index          of the frame among those that are taken, from 0",
                "  time           when it is shown, in seconds from the video's first frame on",
                "  segmentations  for each --text: sentence, task, found, score, mask (area, box, rle: size,",
                "                 counts)%n",
                "A video's files appear when it has ended. A damaged one is answered up to the damage, with",
                "exit code 1." })
final class SegmentCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "MODEL_DIR|demo", //
            description = "Directory of a converted model, or 'demo' for the small built-in one, which knows drawn scenes "
                    + "of everyday objects and nothing else (a directory of that name is './demo').")
    private String model;

    @Option(names = "--text", required = true, paramLabel = "SENTENCE", //
            description = "What to segment. May be repeated: each sentence gets its own answer, a picture or frame is encoded "
                    + "once.")
    private List<String> sentences;

    @Option(names = "--task", paramLabel = "referring|reasoning", defaultValue = "referring", //
            description = "referring: the sentences describe an object ('the dog on the left'). reasoning: it follows from "
                    + "them ('what could I cut paper with?'). Default: referring.")
    private Task task;

    @Option(names = "--threshold", paramLabel = "SCORE", defaultValue = "0", //
            description = "The score, 0 to 1, that an object must reach: below it, it is not found, and its mask is empty. "
                    + "Default: 0.")
    private double threshold;

    @Option(names = "--overlay", paramLabel = "out.png|out.mp4", //
            description = "Write the picture with the mask painted over it, a PNG; numbered like --mask. Of a video: an MP4 "
                    + "file of the frames, all objects painted over them in their colors of --masks.")
    private Path overlay;

    @ArgGroup(multiplicity = "1")
    private Input input;

    /** Either. */
    static final class Input {

        @ArgGroup(exclusive = false, multiplicity = "1", heading = "%nA picture:%n")
        private PictureArguments picture;

        @ArgGroup(exclusive = false, multiplicity = "1", heading = "%nA video:%n")
        private VideoArguments video;
    }

    @Override
    public Integer call() throws IOException {
        SegmentRequest request = request();
        if (input.picture != null) {
            new PictureSegmenter(request, input.picture, spec.commandLine()).run();
        } else {
            new VideoSegmenter(request, input.video, spec.commandLine()).run();
        }
        return 0;
    }

    private SegmentRequest request() {
        try {
            if (input.video != null) {
                input.video.check(sentences.size(), Optional.ofNullable(overlay));
            }
            return new SegmentRequest(model, task, sentences, options(), Optional.ofNullable(overlay));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private SegmentationOptions options() {
        SegmentationOptions options = new SegmentationOptions(Candidates.BEST, threshold);
        if (input.picture == null || !input.picture.explain) {
            return options;
        }
        if (task != Task.REASONING) {
            throw new IllegalArgumentException("--explain: found --task referring, expected --task reasoning");
        }
        return options.withExplanation(GenerationOptions.DEFAULT);
    }
}
