package io.instructseg.engine;

import java.util.Objects;
import java.util.Optional;

import io.instructseg.engine.video.ReferenceFrames;

/**
 * What a request about a video wants to be answered.
 *
 * @param answers what of each frame
 * @param references which frames are a frame's references; those that the model was trained with
 *        ({@link SegmentationModel#referenceFrames()}) if empty
 * @param mergesByProbability how {@link FrameSegmentation#labels()} merges objects: by the probability of each pixel, as the
 *        official evaluation does for Ref-DAVIS, or by their masks, the later ones above
 */
public record VideoOptions(SegmentationOptions answers, Optional<ReferenceFrames> references, boolean mergesByProbability) {

    /** The best candidate in each frame, whatever its score; the official references. */
    public static final VideoOptions DEFAULT = new VideoOptions(SegmentationOptions.DEFAULT, Optional.empty(), false);

    /** @throws IllegalArgumentException if answers are to be explained */
    public VideoOptions {
        Objects.requireNonNull(answers, "answers");
        Objects.requireNonNull(references, "references");
        if (answers.explanation().isPresent()) {
            throw new IllegalArgumentException("answers.explanation: found one, expected none: videos are not explained");
        }
    }
}
