package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.VideoOptions;
import io.instructseg.engine.mask.LabelMap;
import io.instructseg.engine.video.FrameDirectory;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.engine.video.ReferenceFrames;
import io.instructseg.engine.video.VideoDecoder;
import io.instructseg.engine.video.VideoException;
import io.instructseg.engine.video.VideoLimits;
import picocli.CommandLine.Option;

/** What {@code segment} takes for a video. */
final class VideoArguments {

    /** As a file's name. */
    private static final String STANDARD_OUTPUT = "-";
    private static final double NANOS = 1e9;
    private static final double MIN_RATE = 0.001;
    private static final double MAX_RATE = 1000;

    @Option(names = "--video", required = true, paramLabel = "FILE|DIR", //
            description = "Video: MP4, MOV, WebM, MKV or GIF, or a directory of frames (JPEG, PNG, WebP, GIF, BMP) in the "
                    + "natural order of their names. Up to 108,000 frames, 1 hour, 4096x2304 pixels, 4 GiB.")
    Path video;

    @Option(names = "--masks", paramLabel = "DIR", //
            description = "Write the masks of each frame to a new directory: 00000.png, 00001.png, ..., of the frame's size, "
                    + "0 for the background, 1 for the first sentence's object, ..., in the colors of the DAVIS data set. "
                    + "Where objects overlap, the later sentence's lies above.")
    Path masks;

    @Option(names = "--jsonl", paramLabel = "FILE", arity = "0..1", fallbackValue = STANDARD_OUTPUT, //
            description = "Write one JSON object a frame, a line each: to standard output while the frames are segmented, and "
                    + "nothing else there, or to a file.")
    Path jsonl;

    @Option(names = "--start", paramLabel = "SECONDS", converter = Seconds.class, defaultValue = "0", //
            description = "Take frames that are shown from then on. Times count from the first frame.")
    Duration start;

    @Option(names = "--end", paramLabel = "SECONDS", converter = Seconds.class, //
            description = "Take frames that are shown before.")
    Duration end;

    @Option(names = "--stride", paramLabel = "N", defaultValue = "1", description = "Take every N-th frame.")
    int stride;

    @Option(names = "--every", paramLabel = "SECONDS", converter = Seconds.class, defaultValue = "0", //
            description = "Take one frame in each such time.")
    Duration every;

    @Option(names = "--frames", paramLabel = "N", description = "Take the first N frames of those.")
    Long frames;

    @Option(names = "--frame-rate", paramLabel = "N", defaultValue = "25", //
            description = "Frames a second of a directory of frames. Default: 25.")
    double frameRate;

    @Option(names = "--references", paramLabel = "N", //
            description = "How many frames around each one the model sees with it. Default: as many as in its training.")
    Integer references;

    @Option(names = "--causal", description = "Let the model see only frames before each one, as in a live stream; neither its "
            + "training nor its published results are of this choice.")
    boolean causal;

    @Option(names = "--merge-by-probability", //
            description = "Where objects overlap in --masks and --overlay, take the most probable one in each pixel, as the "
                    + "official evaluation does for Ref-DAVIS.")
    boolean mergeByProbability;

    /** The video's frames, and about how many will be taken, if that can be told. */
    record Input(FrameSource frames, OptionalLong expected) {
    }

    VideoTargets targets(Optional<Path> overlay) {
        boolean prints = jsonl != null && jsonl.toString().equals(STANDARD_OUTPUT);
        return new VideoTargets(Optional.ofNullable(masks), overlay, prints ? Optional.empty() : Optional.ofNullable(jsonl),
                prints);
    }

    /** @throws IllegalArgumentException naming the value that is out of range */
    void check(int objects, Optional<Path> overlay) {
        targets(overlay).requireDifferent(video);
        selection();
        if (!(frameRate >= MIN_RATE && frameRate <= MAX_RATE)) {
            throw new IllegalArgumentException(
                    "--frame-rate is " + frameRate + ", expected " + MIN_RATE + " to " + MAX_RATE);
        }
        options(SegmentationOptions.DEFAULT, references == null ? 0 : references);
        LabelMap.requireObjects(objects);
    }

    private FrameSelection selection() {
        FrameSelection selection = FrameSelection.ALL.from(start).stride(stride).every(every);
        if (end != null) {
            selection = selection.until(end);
        }
        return frames == null ? selection : selection.first(frames);
    }

    VideoOptions options(SegmentationOptions answers, int trainedReferences) {
        ReferenceFrames around = new ReferenceFrames(references == null ? trainedReferences : references, causal);
        return new VideoOptions(answers, Optional.of(around), mergeByProbability);
    }

    Input open() throws IOException {
        return open(video, Duration.ofNanos(Math.round(NANOS / frameRate)), selection());
    }

    /**
     * @param interval from one frame of a directory to the next
     * @throws IOException naming the video, if it can't be used
     */
    static Input open(Path video, Duration interval, FrameSelection selection) throws IOException {
        try {
            if (Files.isDirectory(video)) {
                FrameDirectory directory = FrameDirectory.open(video, interval, VideoLimits.DEFAULT, selection);
                return new Input(directory, OptionalLong.of(directory.frames()));
            }
            VideoDecoder decoder = VideoDecoder.open(video, VideoLimits.DEFAULT, selection);
            return new Input(decoder, decoder.expectedFrames());
        } catch (VideoException e) {
            throw inVideo(video, e, "");
        }
    }

    VideoException inVideo(VideoException e, String more) {
        return inVideo(video, e, more);
    }

    private static VideoException inVideo(Path video, VideoException e, String more) {
        return new VideoException(e.kind(), video + ": " + e.getMessage() + more, e);
    }
}
