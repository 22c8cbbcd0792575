package io.instructseg.model.mask2former;

import java.util.Optional;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Activations;
import io.instructseg.model.graph.Attention;
import io.instructseg.model.graph.Block;

/**
 * Masked cross-attention, self-attention, feed-forward, each with its norm behind it (official {@code CrossAttentionLayer},
 * {@code SelfAttentionLayer}, {@code FFNLayer}).
 */
final class MaskDecoderLayer {

    private static final float EPSILON = 1e-5f;

    private final Block predictor;
    private final int index;
    private final Ops tf;
    private final Hyperparameters.MaskDecoder parameters;

    MaskDecoderLayer(Block predictor, int index, Hyperparameters.MaskDecoder parameters) {
        this.predictor = predictor;
        this.index = index;
        this.tf = predictor.tf();
        this.parameters = parameters;
    }

    /**
     * A level of the pictures' features.
     *
     * @param tokens {@code [i, n, h]}
     * @param placed the tokens plus their positions
     */
    record Memory(Operand<TFloat32> tokens, Operand<TFloat32> placed) {
    }

    /**
     * @param query {@code [b, q, h]}
     * @param positions the queries' {@code [q, h]}
     * @param memory its i is b or 1
     * @param bias {@code [b, 1, q, n]}, strongly negative where a query does not attend
     * @return {@code [b, q, h]}
     */
    Operand<TFloat32> apply(Operand<TFloat32> query, Operand<TFloat32> positions, Memory memory, Operand<TFloat32> bias) {
        return feedForward(self(cross(query, positions, memory, bias), positions));
    }

    private Operand<TFloat32> cross(Operand<TFloat32> query, Operand<TFloat32> positions, Memory memory,
            Operand<TFloat32> bias) {
        Block layer = predictor.at("transformer_cross_attention_layers", index);
        Operand<TFloat32> attended = attend(layer.at("multihead_attn"), tf.math.add(query, positions), memory.placed(),
                memory.tokens(), Optional.of(bias));
        return layer.tap("layer." + index + ".cross", layer.layerNorm("norm", tf.math.add(query, attended), EPSILON));
    }

    private Operand<TFloat32> self(Operand<TFloat32> query, Operand<TFloat32> positions) {
        Block layer = predictor.at("transformer_self_attention_layers", index);
        Operand<TFloat32> placed = tf.math.add(query, positions);
        Operand<TFloat32> attended = attend(layer.at("self_attn"), placed, placed, query, Optional.empty());
        return layer.tap("layer." + index + ".self", layer.layerNorm("norm", tf.math.add(query, attended), EPSILON));
    }

    private Operand<TFloat32> feedForward(Operand<TFloat32> query) {
        Block layer = predictor.at("transformer_ffn_layers", index);
        Operand<TFloat32> result = layer.feedForward("linear1", query, parameters.feedForwardSize(), Activations::relu,
                "linear2", parameters.hiddenSize());
        return layer.layerNorm("norm", tf.math.add(query, result), EPSILON);
    }

    /** {@code nn.MultiheadAttention}. */
    private Operand<TFloat32> attend(Block attention, Operand<TFloat32> query, Operand<TFloat32> key, Operand<TFloat32> value,
            Optional<Operand<TFloat32>> bias) {
        int width = parameters.hiddenSize();
        Operand<TFloat32> scaled = Attention.scale(tf, attention.inProjection(query, 0, width), width / parameters.heads());
        Operand<TFloat32> attended = Attention.attend(tf, heads(scaled), heads(attention.inProjection(key, 1, width)),
                heads(attention.inProjection(value, 2, width)), bias);
        return attention.linear("out_proj", Attention.mergeHeads(tf, attended), width);
    }

    private Operand<TFloat32> heads(Operand<TFloat32> x) {
        return Attention.splitHeads(tf, x, parameters.heads());
    }
}
