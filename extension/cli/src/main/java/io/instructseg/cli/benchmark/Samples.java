package io.instructseg.cli.benchmark;

import java.util.Collection;

/** What was measured several times. */
final class Samples {

    private Samples() {
    }

    /** The middle one, of an even number the upper. */
    static double median(Collection<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    static double largest(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
