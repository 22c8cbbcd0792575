package io.instructseg.cli.verify;

import io.instructseg.format.Precision;

/**
 * How far a model may be from the official code in float32.
 *
 * @param stage max error / RMS of each tensor
 * @param score of a final score, absolute
 * @param flippedBits share of the attention mask's bits
 * @param flippedPixels share of a mask's pixels
 * @param iou of the winner's mask, end to end
 */
record Tolerances(double stage, double score, double flippedBits, double flippedPixels, double iou) {

    /** The recommendation of the goldens: 8 times what float32 costs the official code itself against float64. */
    private static final Tolerances FLOAT32 = new Tolerances(1e-4, 1e-3, 5e-4, 5e-5, 0.999);

    static Tolerances of(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> FLOAT32;
            case FLOAT16 -> low(0x1p-11);
            case BFLOAT16 -> low(0x1p-8);
        };
    }

    private static Tolerances low(double roundoff) {
        return new Tolerances(32 * roundoff, 8 * roundoff, 16 * roundoff, 8 * roundoff, 1 - 32 * roundoff);
    }
}
