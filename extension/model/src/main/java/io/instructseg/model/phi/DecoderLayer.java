package io.instructseg.model.phi;

import java.util.Optional;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Activations;
import io.instructseg.model.graph.Attention;
import io.instructseg.model.graph.Block;

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

    /** Attention of all positions, normalised states {@code [b, n, d]} to the same. */
    Operand<TFloat32> attend(Operand<TFloat32> all, RotaryEmbedding rotation, CausalAttention attention) {
        return merge(attention.attend(scaledQuery(all, rotation), rotation.rotate(heads("k_proj", all)), heads("v_proj", all)));
    }

    /**
     * Attention of some positions to all.
     *
     * @param queries normalised states of the positions {@code [b, m, d]}
     * @param queryRotation at these positions
     * @param all normalised states {@code [b, n, d]}
     * @param rotation at all positions
     * @param bias hides what comes later {@code [1 or b, 1, m, n]}
     * @return {@code [b, m, d]}
     */
    Operand<TFloat32> attend(Operand<TFloat32> queries, RotaryEmbedding queryRotation, Operand<TFloat32> all,
            RotaryEmbedding rotation, Operand<TFloat32> bias) {
        return merge(Attention.attend(tf, scaledQuery(queries, queryRotation), rotation.rotate(heads("k_proj", all)),
                heads("v_proj", all), Optional.of(bias)));
    }

    /** {@code [b, m, d]} to the same. */
    Operand<TFloat32> feedForward(Operand<TFloat32> normal) {
        return block.at("mlp").feedForward("fc1", normal, parameters.intermediateSize(), Activations::geluTanh, "fc2",
                parameters.hiddenSize());
    }

    private Operand<TFloat32> scaledQuery(Operand<TFloat32> x, RotaryEmbedding rotation) {
        return Attention.scale(tf, rotation.rotate(heads("q_proj", x)), parameters.headSize());
    }

    private Operand<TFloat32> merge(Operand<TFloat32> attended) {
        return block.at("self_attn").linear("dense", Attention.mergeHeads(tf, attended), parameters.hiddenSize());
    }

    private Operand<TFloat32> heads(String projection, Operand<TFloat32> x) {
        return Attention.splitHeads(tf, block.at("self_attn").linear(projection, x, parameters.hiddenSize()),
                parameters.heads());
    }
}
