package io.instructseg.model.siglip;

import java.util.Optional;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Activations;
import io.instructseg.model.graph.Attention;
import io.instructseg.model.graph.Block;

/** A pre-norm transformer layer (transformers' {@code SiglipEncoderLayer}). */
final class EncoderLayer {

    private final Block block;
    private final Ops tf;
    private final Hyperparameters.VisionEncoder parameters;

    EncoderLayer(Block block, Hyperparameters.VisionEncoder parameters) {
        this.block = block;
        this.tf = block.tf();
        this.parameters = parameters;
    }

    /** {@code [b, p, c]} to the same. */
    Operand<TFloat32> apply(Operand<TFloat32> x) {
        float epsilon = parameters.layerNormEpsilon();
        Operand<TFloat32> attended = tf.math.add(x, attend(block.layerNorm("layer_norm1", x, epsilon)));
        return tf.math.add(attended, feedForward(block.layerNorm("layer_norm2", attended, epsilon)));
    }

    private Operand<TFloat32> attend(Operand<TFloat32> x) {
        Block attention = block.at("self_attn");
        int width = parameters.hiddenSize();
        Operand<TFloat32> query = heads(attention.linear("q_proj", x, width));
        Operand<TFloat32> key = heads(attention.linear("k_proj", x, width));
        Operand<TFloat32> value = heads(attention.linear("v_proj", x, width));
        Operand<TFloat32> scaled = Attention.scale(tf, query, width / parameters.heads());
        Operand<TFloat32> attended = Attention.attend(tf, scaled, key, value, Optional.empty());
        return attention.linear("out_proj", Attention.mergeHeads(tf, attended), width);
    }

    private Operand<TFloat32> heads(Operand<TFloat32> x) {
        return Attention.splitHeads(tf, x, parameters.heads());
    }

    private Operand<TFloat32> feedForward(Operand<TFloat32> x) {
        return block.at("mlp").feedForward("fc1", x, parameters.intermediateSize(), Activations::geluTanh, "fc2",
                parameters.hiddenSize());
    }
}
