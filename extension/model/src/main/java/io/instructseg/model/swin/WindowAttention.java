package io.instructseg.model.swin;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
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
     * {@code [b, side, side, c]} to the same.
     *
     * @param name what the goldens call the block
     */
    Operand<TFloat32> apply(String name, Operand<TFloat32> x, WindowPartition partition, RelativePositions positions) {
        int width = Shapes.known(x, 3);
        Operand<TFloat32> tokens = partition.tokens(x);
        block.tap(name + ".attn.windows", partition.windows(tokens));
        Operand<TFloat32> joint = block.linear("qkv", tokens, 3 * width);
        Operand<TFloat32> query = Attention.scale(tf, partition.split(joint, 0), width / heads);
        Operand<TFloat32> bias = positions.bias(block, heads);
        Operand<TFloat32> attended = Attention.attend(tf, query, partition.split(joint, 1), partition.split(joint, 2),
                logits -> partition.hide(tf.math.add(logits, bias)));
        partition.mask().ifPresent(mask -> block.tap(name + ".attn.mask", mask));
        block.tap(name + ".attn.out", inWindows(attended));
        return block.linear("proj", partition.merge(attended), width);
    }

    /**
     * The output as the official code has it, padding and all, for comparisons only: {@code [b, windows, heads, n, d]} to
     * {@code [b, windows, n, c]}.
     */
    private Operand<TFloat32> inWindows(Operand<TFloat32> attended) {
        int width = heads * Shapes.known(attended, 4);
        Operand<TFloat32> merged = Shapes.reshape(tf, Shapes.transpose(tf, attended, 0, 1, 3, 2, 4),
                -1, Shapes.known(attended, 1), Shapes.known(attended, 3), width);
        return block.linear("proj", merged, width);
    }
}
