package io.instructseg.model.swin;

import java.util.List;
import java.util.Optional;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

import io.instructseg.model.graph.Attention;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/** Multi-head self-attention within each window, with a bias for each relative position (official {@code WindowAttention}). */
final class WindowAttention {

    private final Block block;
    private final Ops tf;
    private final int heads;

    WindowAttention(Block block, int heads) {
        this.block = block;
        this.tf = block.tf();
        this.heads = heads;
    }

    /**
     * {@code [b, windows, n, c]} to the same.
     *
     * @param mask added to the logits of every head, {@code [windows, n, n]}
     */
    Operand<TFloat32> apply(Operand<TFloat32> x, RelativePositions positions, Optional<Operand<TFloat32>> mask) {
        int width = Shapes.known(x, 3);
        List<Operand<TFloat32>> parts = queryKeyValue(x, width);
        Operand<TFloat32> query = Attention.scale(tf, parts.get(0), width / heads);
        Operand<TFloat32> positionBias = positions.bias(block, heads);
        // [heads, n, n] + [windows, 1, n, n]
        Operand<TFloat32> bias = mask.isPresent() ? tf.math.add(positionBias, tf.expandDims(mask.get(), tf.constant(1)))
                : positionBias;
        Operand<TFloat32> attended = Attention.attend(tf, query, parts.get(1), parts.get(2), Optional.of(bias));
        // [b, windows, heads, n, d] to [b, windows, n, c]
        Operand<TFloat32> merged = Shapes.reshape(tf, Shapes.transpose(tf, attended, 0, 1, 3, 2, 4),
                -1, Shapes.known(x, 1), Shapes.known(x, 2), width);
        return block.linear("proj", merged, width);
    }

    /** Three times {@code [b, windows, heads, n, d]}. */
    private List<Operand<TFloat32>> queryKeyValue(Operand<TFloat32> x, int width) {
        Operand<TFloat32> joint = Shapes.reshape(tf, block.linear("qkv", x, 3 * width),
                -1, Shapes.known(x, 1), Shapes.known(x, 2), 3, heads, width / heads);
        // parts first: unstacking the first axis copies nothing
        return List.copyOf(tf.unstack(Shapes.transpose(tf, joint, 3, 0, 1, 4, 2, 5), 3L, Unstack.axis(0L)).output());
    }
}
