package io.instructseg.cli.verify;

/**
 * How far a tensor is from the official one.
 *
 * @param stage row of the table
 * @param tensor what was compared
 * @param maxError largest absolute difference
 * @param error the figure that the tolerance bounds: max error / RMS, RMS error / RMS, a share of
 *        differing values, or the max error itself
 * @param tolerance of that figure
 */
public record Comparison(String stage, String tensor, double maxError, double error, double tolerance) {

    /** Whether the error is within the tolerance. */
    public boolean passes() {
        return error <= tolerance;
    }

    /** Max error / RMS of the official tensor. NaN anywhere is an infinite error. */
    static Comparison relative(String stage, String tensor, float[] expected, float[] actual, double tolerance) {
        double worst = maxError(expected, actual);
        return new Comparison(stage, tensor, worst, worst == 0 ? 0 : worst / rms(expected), tolerance);
    }

    /** RMS error / RMS of the official tensor. NaN anywhere is an infinite error. */
    static Comparison rms(String stage, String tensor, float[] expected, float[] actual, double tolerance) {
        double worst = maxError(expected, actual);
        if (worst == 0 || Double.isInfinite(worst)) {
            return new Comparison(stage, tensor, worst, worst, tolerance);
        }
        float[] errors = new float[expected.length];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = actual[i] - expected[i];
        }
        return new Comparison(stage, tensor, worst, rms(errors) / rms(expected), tolerance);
    }

    /** Max error. */
    static Comparison absolute(String stage, String tensor, float[] expected, float[] actual, double tolerance) {
        double worst = maxError(expected, actual);
        return new Comparison(stage, tensor, worst, worst, tolerance);
    }

    /** Share of the values that differ. */
    static Comparison share(String stage, String tensor, float[] expected, float[] actual, double tolerance) {
        double worst = maxError(expected, actual);
        if (expected.length != actual.length) {
            return new Comparison(stage, tensor, worst, 1, tolerance);
        }
        int different = 0;
        for (int i = 0; i < expected.length; i++) {
            different += expected[i] == actual[i] ? 0 : 1;
        }
        return new Comparison(stage, tensor, worst, different / (double) Math.max(1, expected.length), tolerance);
    }

    /** No difference at all. */
    static Comparison exact(String stage, String tensor, float[] expected, float[] actual) {
        return share(stage, tensor, expected, actual, 0);
    }

    static double rms(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares / Math.max(1, values.length));
    }

    private static double maxError(float[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return Double.POSITIVE_INFINITY;
        }
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs((double) expected[i] - actual[i]);
            if (!(error <= worst)) {
                worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
            }
        }
        return worst;
    }
}
