package io.instructseg.cli.verify;

import io.instructseg.format.Precision;

/**
 * How far a model may be from the official code in float32.
 *
 * @param stage max error / RMS of each tensor
 * @param rms whether the mask decoder is held to its RMS error / RMS instead
 * @param score of a final score, absolute
 * @param flippedBits share of the attention mask's bits
 * @param flippedPixels share of a mask's pixels
 * @param iou of the official winner's mask, end to end
 * @param sameWinner whether the winner and all scores have to be the official ones, end to end
 */
record Tolerances(double stage, boolean rms, double score, double flippedBits, double flippedPixels, double iou,
        boolean sameWinner) {

    /** The recommendation of the goldens: 8 times what float32 costs the official code itself against float64. */
    private static final Tolerances FLOAT32 = new Tolerances(1e-4, false, 1e-3, 5e-4, 5e-5, 0.999, true);

    static Tolerances of(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> FLOAT32;
            case FLOAT16 -> low(0x1p-11);
            case BFLOAT16 -> low(0x1p-8);
        };
    }

    /**
     * A product whose factors are rounded with the unit roundoff u has an RMS error of about u; some 40 products in
     * series, whose errors are independent, have sqrt(40) u; the largest of a million such errors is 5 times that: 32
     * u. A rounded mask logit may flip bits of the decoder's attention, after which a query goes another way: there
     * the RMS over all queries is bounded, a share of flipped bits, and end to end the official winner's query has to
     * find the same object: IoU 0.5, as the field counts it. Who wins is not compared: random models' scores are
     * closer than their rounding.
     */
    private static Tolerances low(double u) {
        return new Tolerances(32 * u, true, 1e-3, 32 * u, 5e-5, 0.5, false);
    }
}
