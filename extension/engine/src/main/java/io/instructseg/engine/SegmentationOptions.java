package io.instructseg.engine;

import java.util.Objects;

/**
 * What a request wants to be answered.
 *
 * @param candidates which candidates
 * @param threshold the score, 0 to 1, that the best candidate must reach to count as found
 */
public record SegmentationOptions(Candidates candidates, double threshold) {

    /** The best candidate, whatever its score. */
    public static final SegmentationOptions DEFAULT = new SegmentationOptions(Candidates.BEST, 0);

    /** @throws IllegalArgumentException if the threshold is not within 0 and 1 */
    public SegmentationOptions {
        Objects.requireNonNull(candidates, "candidates");
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold: found " + threshold + ", expected 0 to 1");
        }
    }
}
