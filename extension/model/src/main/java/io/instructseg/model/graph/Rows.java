package io.instructseg.model.graph;

import io.instructseg.format.Precision;

/**
 * How many rows the products of linear layers have. A product of one row is as fast as its matrix can be read, for which
 * TensorFlow's kernels need it arranged in their way (docs/performance.md).
 */
public enum Rows {

    /** Many, wherever the matrix is used. */
    MANY,
    /** Many here, while another signature multiplies the same matrix with few. */
    MANY_HERE,
    /** One, or a few. */
    FEW;

    /** Smaller ones were not faster. */
    private static final int MOST_PARTS = 16;

    /** Whether matrices are stored {@code [out, in]}: so a bfloat16 product of one row reads them twice as fast. */
    boolean transposed(Precision precision) {
        return this != MANY && precision == Precision.BFLOAT16;
    }

    /** Into how many parts of {@code in} a float32 product is split, for the threads to share. */
    int parts(Precision precision, int in) {
        return this == FEW && precision == Precision.FLOAT32 ? Math.min(MOST_PARTS, Integer.lowestOneBit(in)) : 1;
    }
}
