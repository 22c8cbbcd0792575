package io.instructseg.conversion;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Adds {@code scale * B A} to a matrix (LoRA, arXiv 2106.09685) that comes in chunks, in float32.
 */
final class LowRankUpdate {

    private final float[] a;
    private final float[] b;
    private final int rank;
    private final int columns;
    private final float scale;
    private final float[] row;
    /** The matrix' element that comes next. */
    private long next;

    /**
     * @param a {@code [rank, columns]}
     * @param b {@code [rows, rank]}
     */
    LowRankUpdate(float[] a, float[] b, int rank, double scale) {
        this.a = a;
        this.b = b;
        this.rank = rank;
        this.columns = a.length / rank;
        this.scale = (float) scale;
        this.row = new float[columns];
    }

    /** Changes the elements that follow those of the chunk before. */
    void add(FloatBuffer chunk) {
        float[] values = chunk.array();
        int end = chunk.arrayOffset() + chunk.limit();
        for (int from = chunk.arrayOffset() + chunk.position(); from < end;) {
            int column = (int) (next % columns);
            int count = Math.min(columns - column, end - from);
            multiply((int) (next / columns), column, count);
            for (int i = 0; i < count; i++) {
                values[from + i] += scale * row[i];
            }
            from += count;
            next += count;
        }
    }

    /** A part of a row of {@code B A}. */
    private void multiply(int index, int column, int count) {
        Arrays.fill(row, 0, count, 0);
        for (int k = 0; k < rank; k++) {
            float factor = b[index * rank + k];
            int from = k * columns + column;
            for (int i = 0; i < count; i++) {
                row[i] += factor * a[from + i];
            }
        }
    }
}
