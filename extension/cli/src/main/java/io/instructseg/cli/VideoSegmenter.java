package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.OptionalLong;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.VideoSegmentation;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.engine.video.VideoException;
import picocli.CommandLine;

/** {@code segment} of a video. */
final class VideoSegmenter {

    private final SegmentRequest request;
    private final VideoArguments arguments;
    private final CommandLine command;
    private final VideoSummary summary;

    VideoSegmenter(SegmentRequest request, VideoArguments arguments, CommandLine command) {
        this.request = request;
        this.arguments = arguments;
        this.command = command;
        this.summary = new VideoSummary(request.sentences());
    }

    void run() throws IOException {
        VideoTargets targets = arguments.targets(request.overlay());
        targets.check();
        Optional<VideoException> damage = answer(targets);
        if (summary.frames() > 0 && !targets.printsJson()) {
            PrintWriter out = command.getOut();
            out.println(summary.text(targets.paths()));
            out.flush();
        }
        if (damage.isPresent()) {
            throw damage.get();
        }
    }

    /** @return what ended the video before its time */
    private Optional<VideoException> answer(VideoTargets targets) throws IOException {
        PrintWriter err = command.getErr();
        try (Progress progress = targets.printsJson() ? Progress.startInLines(err) : Progress.start(err)) {
            progress.step("opening the video");
            VideoArguments.Input video = arguments.open();
            try (FrameSource frames = video.frames()) {
                progress.step("loading the model");
                try (ModelSource source = ModelSource.open(request.model());
                        SegmentationModel model = source.load(progress);
                        VideoSegmentation answers = model.segment(frames, request.instructions(),
                                arguments.options(request.options(), model.referenceFrames()), CancellationToken.NONE);
                        VideoOutputs outputs = targets.open(command.getOut())) {
                    return write(answers, outputs, progress, video.expected());
                }
            }
        }
    }

    private Optional<VideoException> write(VideoSegmentation answers, VideoOutputs outputs, Progress progress,
            OptionalLong expected) throws IOException {
        Optional<VideoException> damage = Optional.empty();
        Optional<FrameSegmentation> frame = Optional.empty();
        do {
            progress.updateFrames("segmenting", summary.frames(), expected);
            try {
                frame = answers.next();
            } catch (VideoException e) {
                damage = Optional.of(arguments.inVideo(e, frames()));
                frame = Optional.empty();
            }
            if (frame.isPresent()) {
                outputs.write(frame.get());
                summary.add(frame.get());
            }
        } while (frame.isPresent());
        if (summary.frames() > 0) {
            outputs.complete();
        } else if (damage.isEmpty()) {
            throw new IOException(arguments.video + ": no frame is shown in the time that was asked for");
        }
        return damage;
    }

    private String frames() {
        return summary.frames() == 0 ? "; no frame was answered"
                : "; the answers about the frames before, 0 to " + (summary.frames() - 1) + ", are written";
    }
}
