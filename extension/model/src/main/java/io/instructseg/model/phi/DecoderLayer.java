package io.instructseg.model.phi;

import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Activations;
import io.instructseg.model.graph.Attention;
import io.instructseg.model.graph.Block;
import io.instructseg.model.phi.KeyValueCache.KeyValue;

/** A Phi-2 layer (transformers' {@code PhiDecoderLayer}): attention and MLP in parallel behind one norm. */
final class DecoderLayer {

    private final Block block;
    private final Ops tf;
    private final Hyperparameters.LanguageModel parameters;

    DecoderLayer(Block block, Hyperparameters.LanguageModel parameters) {
        this.block = block;
        this.tf = block.tf();
        this.parameters = parameters;
    }

    /** The layer's one norm: {@code [b, n, d]} to the same. */
    Operand<TFloat32> normalise(Operand<TFloat32> x) {
        return block.layerNorm("input_layernorm", x, parameters.layerNormEpsilon());
    }

    /**
     * What is attended to.
     *
     * @param normal normalised states {@code [b, n, d]}
     * @param rotation at their positions
     */
    KeyValue keyValue(Operand<TFloat32> normal, RotaryEmbedding rotation) {
        return new KeyValue(rotation.rotate(heads("k_proj", normal)), heads("v_proj", normal));
    }

    /**
     * Attention of some positions to all.
     *
     * @param queries normalised states of the positions {@code [b, m, d]}
     * @param rotation at these positions
     * @param all parts of {@code n} positions together
     * @param bias hides what comes later {@code [1 or b, 1, m, n]}
     * @return {@code [b, m, d]}
     */
    Operand<TFloat32> attend(Operand<TFloat32> queries, RotaryEmbedding rotation, List<KeyValue> all,
            Operand<TFloat32> bias) {
        Operand<TFloat32> query = rotation.rotate(heads("q_proj", queries));
        Operand<TFloat32> scaled = Attention.scale(tf, query, parameters.headSize());
        Operand<TFloat32> attended = Attention.attend(tf, scaled, all.stream().map(KeyValue::keys).toList(),
                all.stream().map(KeyValue::values).toList(), bias);
        return block.at("self_attn").linear("dense", Attention.mergeHeads(tf, attended), parameters.hiddenSize());
    }

    /** {@code [b, m, d]} to the same. */
    Operand<TFloat32> feedForward(Operand<TFloat32> normal) {
        Block mlp = block.at("mlp");
        Operand<TFloat32> hidden = mlp.linear("fc1", normal, parameters.intermediateSize(),
                value -> Activations.geluTanh(tf, value));
        return mlp.linear("fc2", hidden, parameters.hiddenSize());
    }

    private Operand<TFloat32> heads(String projection, Operand<TFloat32> x) {
        return Attention.splitHeads(tf, block.at("self_attn").linear(projection, x, parameters.hiddenSize()),
                parameters.heads());
    }
}
