package io.instructseg.cli.verify;

import io.instructseg.format.Precision;

/**
 * How far a model may be from the official code in float32.
 *
 * @param half whether products are rounded to a half precision
 * @param stage of each tensor: max error / RMS in float32, RMS error / RMS in half precision
 * @param score of a final score, absolute
 * @param flippedBits share of the attention mask's bits
 * @param flippedPixels share of a mask's pixels
 * @param iou of the official winner's mask, end to end
 */
record Tolerances(boolean half, double stage, double score, double flippedBits, double flippedPixels, double iou) {

    /** The recommendation of the goldens: 8 times what float32 costs the official code itself against float64. */
    private static final Tolerances FLOAT32 = new Tolerances(false, 1e-4, 1e-3, 5e-4, 5e-5, 0.999);

    static Tolerances of(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> FLOAT32;
            case FLOAT16 -> half(0x1p-11);
            case BFLOAT16 -> half(0x1p-8);
        };
    }

    /**
     * A product whose factors are rounded with the unit roundoff u has an RMS error of about u; some 40 products in
     * series, whose errors are independent, have sqrt(40) u; sampling positions and thin tensors amplify it a few
     * times: 32 u. Single elements are not bounded: a sampling position that is off by a part of a pixel is an outlier.
     * Scores and pixels of given logits are float32's. End to end, the official winner's query has to find the same
     * object, IoU 0.5 as the field counts it; who wins is not compared, since a random model's scores are closer than
     * their rounding.
     */
    private static Tolerances half(double u) {
        return new Tolerances(true, 32 * u, 1e-3, 32 * u, 5e-5, 0.5);
    }

    /** Holds a tensor of a stage against the official one. */
    Comparison compare(String stageName, String tensor, float[] expected, float[] actual) {
        return half ? Comparison.rms(stageName, tensor, expected, actual, stage)
                : Comparison.relative(stageName, tensor, expected, actual, stage);
    }
}
