package io.instructseg.engine;

import java.util.Objects;
import java.util.Optional;

/**
 * What a request wants to be answered.
 *
 * @param candidates which candidates
 * @param threshold the score, 0 to 1, that the best candidate must reach to count as found
 * @param explanation how the words are made that explain the mask; empty: none are. For {@link Instruction#reasoning} on
 *        pictures only
 */
public record SegmentationOptions(Candidates candidates, double threshold, Optional<GenerationOptions> explanation) {

    /** The best candidate, whatever its score. */
    public static final SegmentationOptions DEFAULT = new SegmentationOptions(Candidates.BEST, 0);

    /** @throws IllegalArgumentException if the threshold is not within 0 and 1 */
    public SegmentationOptions {
        Objects.requireNonNull(candidates, "candidates");
        Objects.requireNonNull(explanation, "explanation");
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold: found " + threshold + ", expected 0 to 1");
        }
    }

    /**
     * Without an explanation.
     *
     * @throws IllegalArgumentException if the threshold is not within 0 and 1
     */
    public SegmentationOptions(Candidates candidates, double threshold) {
        this(candidates, threshold, Optional.empty());
    }

    /** These options with an explanation in words along with each mask. */
    public SegmentationOptions withExplanation(GenerationOptions words) {
        return new SegmentationOptions(candidates, threshold, Optional.of(words));
    }
}
