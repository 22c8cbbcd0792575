package io.instructseg.quarkus;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

import io.instructseg.engine.Candidates;
import io.instructseg.engine.Instruction;

/**
 * What to segment in a picture. Immutable: each method gives a new request.
 *
 * <pre>
 * SegmentationRequest.of(Image.of(file)).referring("the dog on the left").reasoning("what could I cut paper with?")
 * </pre>
 *
 * @param image the picture
 * @param instructions each is answered on its own
 * @param candidates the best mask alone, or those of all queries
 * @param threshold 0 to 1: an answer with a lower score is not found; if empty, the configured one ({@code
 *        quarkus.instructseg.threshold})
 * @param explanation whether the model explains the mask in words, of 256 tokens at most; for one instruction alone, a
 *        reasoning one
 */
public record SegmentationRequest(Image image, List<Instruction> instructions, Candidates candidates,
        OptionalDouble threshold, boolean explanation) {

    public SegmentationRequest {
        Objects.requireNonNull(image, "image");
        instructions = List.copyOf(instructions);
        Objects.requireNonNull(candidates, "candidates");
        if (threshold.isPresent() && !(threshold.getAsDouble() >= 0 && threshold.getAsDouble() <= 1)) {
            throw new IllegalArgumentException("threshold: found " + threshold.getAsDouble() + ", expected 0 to 1");
        }
    }

    /** A request that asks nothing yet. */
    public static SegmentationRequest of(Image image) {
        return new SegmentationRequest(image, List.of(), Candidates.BEST, OptionalDouble.empty(), false);
    }

    /** Asks for an object by its description: "the dog on the left". */
    public SegmentationRequest referring(String sentence) {
        return instruction(Instruction.referring(sentence));
    }

    /** Asks for what follows from the picture: "what could I cut paper with?". */
    public SegmentationRequest reasoning(String sentence) {
        return instruction(Instruction.reasoning(sentence));
    }

    /** Adds an instruction. */
    public SegmentationRequest instruction(Instruction instruction) {
        List<Instruction> more = new ArrayList<>(instructions);
        more.add(instruction);
        return new SegmentationRequest(image, more, candidates, threshold, explanation);
    }

    /** Asks for the masks of all queries, not just for the best one. */
    public SegmentationRequest allCandidates() {
        return new SegmentationRequest(image, instructions, Candidates.ALL, threshold, explanation);
    }

    /** The lowest score that counts as found, 0 to 1. */
    public SegmentationRequest threshold(double lowest) {
        return new SegmentationRequest(image, instructions, candidates, OptionalDouble.of(lowest), explanation);
    }

    /** Asks for an explanation in words with the mask. */
    public SegmentationRequest explained() {
        return new SegmentationRequest(image, instructions, candidates, threshold, true);
    }
}
