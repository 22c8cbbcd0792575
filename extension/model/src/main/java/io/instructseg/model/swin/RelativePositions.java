package io.instructseg.model.swin;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.OuterSum;
import io.instructseg.model.graph.Shapes;

/**
 * The relative positions of the tokens of a window: for each pair a row of the table of biases (the official buffer
 * {@code relative_position_index}, which follows from the window's size alone).
 */
final class RelativePositions {

    private final Ops tf;
    private final int distances;
    private final Operand<TInt32> index;

    RelativePositions(Ops tf, int windowSize) {
        this.tf = tf;
        this.distances = 2 * windowSize - 1;
        int[] rows = new int[windowSize * windowSize];
        int[] columns = new int[windowSize * windowSize];
        for (int i = 0; i < windowSize; i++) {
            for (int j = 0; j < windowSize; j++) {
                columns[i * windowSize + j] = i - j + windowSize - 1;
                rows[i * windowSize + j] = columns[i * windowSize + j] * distances;
            }
        }
        // [row i, column i, row j, column j] to [n, n]
        int tokens = windowSize * windowSize;
        this.index = Shapes.reshape(tf, OuterSum.of(tf, rows, columns, windowSize), tokens, tokens);
    }

    /** An attention's bias {@code [heads, n, n]}. */
    Operand<TFloat32> bias(Block attention, int heads) {
        Operand<TFloat32> table = attention.parameter("relative_position_bias_table", (long) distances * distances, heads);
        return Shapes.transpose(tf, tf.gather(table, index, tf.constant(0)), 2, 0, 1);
    }
}
