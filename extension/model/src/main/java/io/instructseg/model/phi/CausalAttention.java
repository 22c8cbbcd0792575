package io.instructseg.model.phi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.model.graph.Attention;
import io.instructseg.model.graph.Shapes;
import io.instructseg.model.phi.KeyValueCache.KeyValue;

/**
 * Attention of all positions to those up to themselves, a block of positions at a time: what comes behind a block is hidden
 * from all of it, its weights are exactly zero, so it need not be multiplied. That leaves 5 of 8 parts of the work; more blocks
 * leave less, but their products are smaller and slower.
 */
final class CausalAttention implements SelfAttention {

    private static final int BLOCKS = 4;

    private final Ops tf;
    private final List<Block> blocks = new ArrayList<>();

    /** Positions from {@code start} on, {@code size} of them, that see those before {@code end} by a bias on the logits. */
    private record Block(Operand<TInt32> start, Operand<TInt32> size, Operand<TInt32> end, Operand<TFloat32> bias) {
    }

    /** @param length of the prompts, a scalar */
    CausalAttention(Ops tf, Operand<TInt32> length) {
        this.tf = tf;
        Operand<TInt32> start = tf.constant(0);
        for (int i = 1; i <= BLOCKS; i++) {
            Operand<TInt32> end = tf.math.floorDiv(tf.math.mul(length, tf.constant(i)), tf.constant(BLOCKS));
            Operand<TFloat32> bias = hideLater(tf, range(start, end), range(tf.constant(0), end));
            blocks.add(new Block(start, tf.math.sub(end, start), end, bias));
            start = end;
        }
    }

    /** @param seen of all positions, in one part */
    @Override
    public Operand<TFloat32> attend(Operand<TFloat32> query, List<KeyValue> seen) {
        KeyValue all = seen.get(0);
        List<Operand<TFloat32>> attended = new ArrayList<>();
        for (Block block : blocks) {
            attended.add(Attention.attend(tf, positions(query, block.start(), block.size()),
                    positions(all.keys(), tf.constant(0), block.end()), positions(all.values(), tf.constant(0), block.end()),
                    Optional.of(block.bias())));
        }
        // names the sizes again that TensorFlow loses track of
        return Shapes.reshape(tf, tf.concat(attended, tf.constant(2)), Shapes.sizes(tf, query));
    }

    /** The bias that hides later positions: {@code [b, m]} and {@code [1, n]} to {@code [b, 1, m, n]}. */
    static Operand<TFloat32> hideLater(Ops tf, Operand<TInt32> positions, Operand<TInt32> all) {
        Operand<TInt32> rows = tf.expandDims(tf.expandDims(positions, tf.constant(1)), tf.constant(3));
        return tf.select(tf.math.greaterEqual(rows, all), tf.constant(0f), tf.constant(Attention.HIDDEN));
    }

    private Operand<TFloat32> positions(Operand<TFloat32> x, Operand<TInt32> start, Operand<TInt32> size) {
        return tf.slice(x, Shapes.of(tf, 0, 0, start, 0), Shapes.of(tf, -1, -1, size, -1));
    }

    /** {@code [1, n]}. */
    private Operand<TInt32> range(Operand<TInt32> from, Operand<TInt32> to) {
        return tf.expandDims(tf.range(from, to, tf.constant(1)), tf.constant(0));
    }
}
