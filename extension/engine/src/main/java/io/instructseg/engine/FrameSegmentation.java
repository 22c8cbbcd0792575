package io.instructseg.engine;

import java.util.List;
import java.util.Optional;

import io.instructseg.engine.mask.LabelMap;
import io.instructseg.engine.video.Frame;

/**
 * The answers about a frame of a video.
 *
 * @param frame with its index, time and picture
 * @param segmentations an answer for each instruction, in their order. Their timings are of the work since the frame before,
 *        which may have encoded several frames that follow, or none
 * @param mergedByProbability the objects of all instructions, if {@link VideoOptions#mergesByProbability()}
 */
public record FrameSegmentation(Frame frame, List<Segmentation> segmentations, Optional<LabelMap> mergedByProbability) {

    public FrameSegmentation {
        segmentations = List.copyOf(segmentations);
    }

    /**
     * The objects of all instructions together: the first instruction's has label 1. What is not found has no pixel.
     *
     * @throws IllegalArgumentException if there are more instructions than {@link LabelMap#MOST_OBJECTS}
     */
    public LabelMap labels() {
        return mergedByProbability.orElseGet(() -> LabelMap.overlapping(frame.image().width(), frame.image().height(),
                segmentations.stream().map(Segmentation::mask).toList()));
    }
}
