package io.instructseg.model.phi;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/**
 * Phi-2 without its vocabulary projection (transformers' {@code PhiModel}). Padding stands on the right, where causal attention
 * never looks, so that no padding mask is needed. The last layer runs on the positions that are asked for only: no later layer
 * reads the others.
 */
public final class LanguageModel {

    private final Block block;
    private final Ops tf;
    private final Hyperparameters.LanguageModel parameters;

    /** @param block the whole model's weights */
    public LanguageModel(Block block, Hyperparameters.LanguageModel parameters) {
        this.block = block;
        this.tf = block.tf();
        this.parameters = parameters;
    }

    /**
     * @param embeddings {@code [b, n, d]}
     * @param positions the positions asked for {@code [b, m]}
     * @return hidden states there, after the final norm {@code [b, m, d]}
     */
    public Operand<TFloat32> hiddenStates(Operand<TFloat32> embeddings, Operand<TInt32> positions) {
        Operand<TInt32> all = tf.expandDims(tf.range(tf.constant(0), Shapes.size(tf, embeddings, 1), tf.constant(1)),
                tf.constant(0));
        RotaryEmbedding rotation = new RotaryEmbedding(tf, parameters, all);
        CausalAttention attention = new CausalAttention(tf, Shapes.size(tf, embeddings, 1));
        Operand<TFloat32> hidden = embeddings;
        int last = parameters.layers() - 1;
        for (int i = 0; i < last; i++) {
            hidden = block.tap("layer." + i, apply(i, hidden, rotation, attention));
        }
        return block.tap("last_hidden_state", lastLayer(hidden, rotation, all, positions));
    }

    private Operand<TFloat32> apply(int index, Operand<TFloat32> x, RotaryEmbedding rotation, CausalAttention attention) {
        DecoderLayer layer = layer(index);
        Operand<TFloat32> normal = layer.normalise(x);
        Operand<TFloat32> attended = block.tap("layer." + index + ".self_attn",
                layer.attend(normal, rotation, attention));
        Operand<TFloat32> fed = block.tap("layer." + index + ".mlp", layer.feedForward(normal));
        return tf.math.add(tf.math.add(attended, fed), x);
    }

    private Operand<TFloat32> lastLayer(Operand<TFloat32> x, RotaryEmbedding rotation, Operand<TInt32> all,
            Operand<TInt32> positions) {
        DecoderLayer layer = layer(parameters.layers() - 1);
        Operand<TFloat32> normal = layer.normalise(x);
        Operand<TFloat32> queries = at(normal, positions);
        Operand<TFloat32> attended = layer.attend(queries, new RotaryEmbedding(tf, parameters, positions), normal, rotation,
                CausalAttention.hideLater(tf, positions, all));
        Operand<TFloat32> hidden = tf.math.add(tf.math.add(attended, layer.feedForward(queries)), at(x, positions));
        return block.at("model").layerNorm("final_layernorm", hidden, parameters.layerNormEpsilon());
    }

    private DecoderLayer layer(int index) {
        return new DecoderLayer(block.at("model.layers", index), parameters);
    }

    private Operand<TFloat32> at(Operand<TFloat32> x, Operand<TInt32> positions) {
        return tf.gather(x, positions, tf.constant(1), Gather.batchDims(1L));
    }
}
