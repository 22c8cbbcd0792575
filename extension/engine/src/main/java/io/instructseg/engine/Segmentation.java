package io.instructseg.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.mask.Box;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.Overlay;
import io.instructseg.format.Signature;

/**
 * The answer to an instruction. The model always answers with some mask: a low score means that nothing fits.
 *
 * @param instruction what was asked
 * @param found whether the score reaches {@link SegmentationOptions#threshold()} and the mask has any pixel
 * @param score the highest score of a candidate, 0 to 1, also if that is too low
 * @param mask the mask of that candidate, of the picture's size; empty if not found
 * @param candidates all candidates by falling score if they were asked for, else the best alone; the threshold doesn't
 *        change them
 * @param image the picture
 * @param timings how long each stage took, for all instructions of the request together; a stage that was not needed is absent
 * @param explanation why it is this mask, in the model's words, if they were asked for and the model had any
 */
public record Segmentation(Instruction instruction, boolean found, double score, Mask mask, List<Candidate> candidates,
        DecodedImage image, Map<Signature, Duration> timings, Optional<String> explanation) {

    public Segmentation {
        Objects.requireNonNull(explanation, "explanation");
        candidates = List.copyOf(candidates);
        timings = Map.copyOf(timings);
    }

    /** Without an explanation. */
    public Segmentation(Instruction instruction, boolean found, double score, Mask mask, List<Candidate> candidates,
            DecodedImage image, Map<Signature, Duration> timings) {
        this(instruction, found, score, mask, candidates, image, timings, Optional.empty());
    }

    /** @param candidates at least one, by falling score */
    static Segmentation of(Instruction instruction, List<Candidate> candidates, double threshold, DecodedImage image,
            Map<Signature, Duration> timings) {
        Candidate best = candidates.get(0);
        boolean found = best.score() >= threshold && best.mask().area() > 0;
        Mask mask = found ? best.mask() : Mask.empty(best.mask().width(), best.mask().height());
        return new Segmentation(instruction, found, best.score(), mask, candidates, image, timings);
    }

    /** This answer with the words that explain it. */
    Segmentation explained(Optional<String> words) {
        return new Segmentation(instruction, found, score, mask, candidates, image, timings, words);
    }

    /** The smallest box around the mask; empty if the mask is. */
    public Optional<Box> box() {
        return mask.boundingBox();
    }

    /** Number of pixels in the mask. */
    public long area() {
        return mask.area();
    }

    /** Pixels in a row of the picture and of the mask. */
    public int width() {
        return mask.width();
    }

    /** Rows of the picture and of the mask. */
    public int height() {
        return mask.height();
    }

    /** A PNG of the picture with the mask painted over it. */
    public byte[] overlay() {
        return Overlay.png(image.image(), mask);
    }
}
