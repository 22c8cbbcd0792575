package io.instructseg.model.mask2former;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.model.graph.Shapes;

/** What the pixels of a square map inherit from their row or their column, row-major, so that only one side is stored. */
final class Grid {

    private Grid() {
    }

    /** {@code [side, k]} to {@code [side * side, k]}: to each pixel what belongs to its row. */
    static Operand<TFloat32> rows(Ops tf, Operand<TFloat32> table) {
        int side = Shapes.known(table, 0);
        int width = Shapes.known(table, 1);
        return spread(tf, Shapes.reshape(tf, table, side, 1, width), side, width);
    }

    /** {@code [side, k]} to {@code [side * side, k]}: to each pixel what belongs to its column. */
    static Operand<TFloat32> columns(Ops tf, Operand<TFloat32> table) {
        return spread(tf, table, Shapes.known(table, 0), Shapes.known(table, 1));
    }

    private static Operand<TFloat32> spread(Ops tf, Operand<TFloat32> table, int side, int width) {
        Operand<TFloat32> map = tf.broadcastTo(table, tf.constant(new int[] { side, side, width }));
        return Shapes.reshape(tf, map, side * side, width);
    }
}
