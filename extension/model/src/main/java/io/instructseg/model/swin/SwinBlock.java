package io.instructseg.model.swin;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.model.graph.Activations;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/** A pre-norm transformer layer whose attention stays within windows (official {@code SwinTransformerBlock}). */
final class SwinBlock {

    private final Block block;
    private final Ops tf;
    private final String name;
    private final int heads;
    private final int intermediateSize;

    /** @param name what the goldens call this block */
    SwinBlock(Block block, String name, int heads, int intermediateSize) {
        this.block = block;
        this.tf = block.tf();
        this.name = name;
        this.heads = heads;
        this.intermediateSize = intermediateSize;
    }

    /** {@code [b, side, side, c]} to the same. */
    Operand<TFloat32> apply(Operand<TFloat32> x, WindowPartition partition, RelativePositions positions) {
        Operand<TFloat32> normal = block.tap(name + ".norm1.out", block.layerNorm("norm1", x, SwinTransformer.EPSILON));
        WindowAttention attention = new WindowAttention(block.at("attn"), heads);
        Operand<TFloat32> sum = tf.math.add(x, attention.apply(name, normal, partition, positions));
        return tf.math.add(sum, feedForward(block.layerNorm("norm2", sum, SwinTransformer.EPSILON)));
    }

    private Operand<TFloat32> feedForward(Operand<TFloat32> x) {
        return block.at("mlp").feedForward("fc1", x, intermediateSize, Activations::gelu, "fc2", Shapes.known(x, -1));
    }
}
