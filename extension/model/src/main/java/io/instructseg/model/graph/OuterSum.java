package io.instructseg.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/**
 * Integers for the places of a map, each the sum of one that belongs to its row and one that belongs to its column. Summing in
 * the graph keeps its constants as small as a side of the map.
 */
public final class OuterSum {

    private OuterSum() {
    }

    /**
     * {@code rows[a * size + i] + columns[b * size + j]} at {@code [a, b, i, j]}, in windows of {@code size} rows and columns.
     */
    public static Operand<TInt32> of(Ops tf, int[] rows, int[] columns, int size) {
        return tf.math.add(Shapes.reshape(tf, tf.constant(rows), rows.length / size, 1, size, 1),
                Shapes.reshape(tf, tf.constant(columns), 1, columns.length / size, 1, size));
    }
}
