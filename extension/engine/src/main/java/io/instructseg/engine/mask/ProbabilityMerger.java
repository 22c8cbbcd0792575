package io.instructseg.engine.mask;

import java.util.Arrays;

/**
 * Merges objects by the probability that a pixel belongs to each: the most probable one wins, or the background, which is as
 * probable as that no object is there. The official code does so for Ref-DAVIS ({@code use_soft}).
 */
public final class ProbabilityMerger {

    /** Bytes on the Java heap for a pixel: what is kept here, and the logits as TensorFlow gives them and as numbers. */
    public static final int BYTES_PER_PIXEL = 2 * Float.BYTES + 1 + 2 * Float.BYTES;

    private final int width;
    private final int height;
    private final float[] background;
    private final float[] best;
    private final byte[] labels;

    public ProbabilityMerger(int width, int height) {
        int pixels = Math.multiplyExact(width, height);
        this.width = width;
        this.height = height;
        this.background = new float[pixels];
        this.best = new float[pixels];
        this.labels = new byte[pixels];
        Arrays.fill(background, 1);
    }

    /**
     * Adds an object. Of equally probable ones the first that was added wins.
     *
     * @param object from 0; its label is one more
     * @param logits {@code [height, width]}: their sigmoids are the probabilities
     * @throws IllegalArgumentException if there are not as many logits as pixels, or the object has no label
     */
    public void add(int object, float[] logits) {
        LabelMap.requireObjects(object + 1);
        if (logits.length != labels.length) {
            throw new IllegalArgumentException("found " + logits.length + " logits, expected " + width + "x" + height);
        }
        for (int i = 0; i < logits.length; i++) {
            float probability = (float) (1 / (1 + Math.exp(-logits[i])));
            background[i] *= 1 - probability;
            if (probability > best[i]) {
                best[i] = probability;
                labels[i] = (byte) (object + 1);
            }
        }
    }

    /** What was merged so far. */
    public LabelMap labels() {
        byte[] merged = labels.clone();
        for (int i = 0; i < merged.length; i++) {
            if (background[i] >= best[i]) {
                merged[i] = 0;
            }
        }
        return new LabelMap(width, height, merged);
    }
}
