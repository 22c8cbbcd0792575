package io.instructseg.quarkus;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import io.instructseg.engine.Instruction;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.video.FrameSelection;
import io.smallrye.mutiny.Multi;

/**
 * What to segment in a video. Immutable: each method gives a new request.
 *
 * <pre>
 * VideoRequest.of(Video.of(file)).referring("the dog on the left").selection(FrameSelection.ALL.stride(2))
 * </pre>
 *
 * @param video the video
 * @param instructions each is answered on its own
 * @param threshold 0 to 1: an answer with a lower score is not found; if empty, the configured one ({@code
 *        quarkus.instructseg.threshold})
 * @param selection which frames are taken: a frame's neighbours are those among them
 * @param referenceFrames how many frames of the video around it the model sees with each frame; if empty, as many as in its
 *        training
 * @param pastOnly whether these are the frames before it only
 */
public record VideoRequest(Video video, List<Instruction> instructions, OptionalDouble threshold, FrameSelection selection,
        OptionalInt referenceFrames, boolean pastOnly) {

    public VideoRequest {
        Objects.requireNonNull(video, "video");
        Objects.requireNonNull(selection, "selection");
        instructions = List.copyOf(instructions);
        if (threshold.isPresent() && !(threshold.getAsDouble() >= 0 && threshold.getAsDouble() <= 1)) {
            throw new IllegalArgumentException("threshold: found " + threshold.getAsDouble() + ", expected 0 to 1");
        }
    }

    /** A request that asks nothing yet. */
    public static VideoRequest of(Video video) {
        return new VideoRequest(video, List.of(), OptionalDouble.empty(), FrameSelection.ALL, OptionalInt.empty(), false);
    }

    /**
     * A request about frames as they come, which does not wait for frames to come: the model sees past ones only. That is not
     * what it was trained with and measured on.
     */
    public static VideoRequest live(Multi<RgbImage> frames) {
        return of(Video.live(frames)).causal();
    }

    /** Asks for an object by its description: "the dog on the left". */
    public VideoRequest referring(String sentence) {
        return instruction(Instruction.referring(sentence));
    }

    /** Asks for what follows from the video: "which object is getting closer?". */
    public VideoRequest reasoning(String sentence) {
        return instruction(Instruction.reasoning(sentence));
    }

    /** Adds an instruction. */
    public VideoRequest instruction(Instruction instruction) {
        List<Instruction> more = new ArrayList<>(instructions);
        more.add(instruction);
        return new VideoRequest(video, more, threshold, selection, referenceFrames, pastOnly);
    }

    /** The lowest score that counts as found, 0 to 1. */
    public VideoRequest threshold(double lowest) {
        return new VideoRequest(video, instructions, OptionalDouble.of(lowest), selection, referenceFrames, pastOnly);
    }

    /** Takes some of the frames. */
    public VideoRequest selection(FrameSelection some) {
        return new VideoRequest(video, instructions, threshold, some, referenceFrames, pastOnly);
    }

    /** How many frames of the video around it the model sees with each frame. */
    public VideoRequest referenceFrames(int count) {
        return new VideoRequest(video, instructions, threshold, selection, OptionalInt.of(count), pastOnly);
    }

    /** With each frame the model sees frames before it only, which is not what it was trained with and measured on. */
    public VideoRequest causal() {
        return new VideoRequest(video, instructions, threshold, selection, referenceFrames, true);
    }
}
