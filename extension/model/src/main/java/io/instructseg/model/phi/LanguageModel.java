package io.instructseg.model.phi;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Rows;
import io.instructseg.model.graph.Shapes;

/**
 * Phi-2 (transformers' {@code PhiModel}, and {@code PhiForCausalLM} for the next word). Padding stands on the right, where
 * causal attention never looks, so that no padding mask is needed. The last layer runs on the positions that are asked for
 * only: no later layer reads the others.
 */
public final class LanguageModel {

    private final Block block;
    private final Ops tf;
    private final Hyperparameters.LanguageModel parameters;

    /** @param block the whole model's weights */
    public LanguageModel(Block block, Hyperparameters.LanguageModel parameters) {
        this(block, parameters, Rows.MANY_HERE);
    }

    /**
     * @param block the whole model's weights
     * @param rows how many tokens there are
     */
    public LanguageModel(Block block, Hyperparameters.LanguageModel parameters, Rows rows) {
        this.block = block.with(rows);
        this.tf = block.tf();
        this.parameters = parameters;
    }

    /**
     * @param embeddings of whole prompts {@code [b, n, d]}
     * @param positions the positions asked for {@code [b, m]}
     * @return hidden states there, after the final norm {@code [b, m, d]}
     */
    public Operand<TFloat32> hiddenStates(Operand<TFloat32> embeddings, Operand<TInt32> positions) {
        return hiddenStates(embeddings, positions, KeyValueCache.empty(tf, TFloat32.class));
    }

    /**
     * The word that follows some tokens.
     *
     * @param embeddings of the tokens {@code [1, t, d]}
     * @param cache of the tokens before these; keys and values of these are added to it
     * @return logits {@code [1, v]}
     */
    public Operand<TFloat32> nextWord(Operand<TFloat32> embeddings, KeyValueCache<?> cache) {
        Operand<TInt32> last = tf.math.sub(Shapes.size(tf, embeddings, 1), tf.constant(1));
        Operand<TFloat32> state = hiddenStates(embeddings, Shapes.reshape(tf, last, 1, 1), cache);
        // [1, 1, d] to [1, d]
        return block.with(Rows.FEW).linearWithoutBias("lm_head", Shapes.reshape(tf, state, 1, parameters.hiddenSize()),
                parameters.outputSize());
    }

    /** Embeddings of words: {@code [b, n]} to {@code [b, n, d]}. */
    public Operand<TFloat32> embeddings(Operand<TInt32> words) {
        return block.at("model").embedding("embed_tokens", words, parameters.vocabularySize(), parameters.hiddenSize());
    }

    /**
     * @param places the tokens asked for, counted from the first of the embeddings {@code [b, m]}
     * @param cache of the tokens before that one
     */
    private Operand<TFloat32> hiddenStates(Operand<TFloat32> embeddings, Operand<TInt32> places, KeyValueCache<?> cache) {
        Operand<TInt32> end = tf.math.add(cache.length(), Shapes.size(tf, embeddings, 1));
        Operand<TInt32> positions = range(cache.length(), end);
        Operand<TInt32> all = range(tf.constant(0), end);
        RotaryEmbedding rotation = new RotaryEmbedding(tf, parameters, positions);
        SelfAttention attention = cache.isEmpty() ? new CausalAttention(tf, end)
                : SelfAttention.biased(tf, CausalAttention.hideLater(tf, positions, all));
        Operand<TFloat32> hidden = embeddings;
        int last = parameters.layers() - 1;
        for (int i = 0; i < last; i++) {
            hidden = block.tap("layer." + i, apply(i, hidden, rotation, attention, cache));
        }
        return block.tap("last_hidden_state", lastLayer(hidden, rotation, all, places, cache));
    }

    private Operand<TFloat32> apply(int index, Operand<TFloat32> x, RotaryEmbedding rotation, SelfAttention attention,
            KeyValueCache<?> cache) {
        DecoderLayer layer = layer(index);
        Operand<TFloat32> normal = layer.normalise(x);
        Operand<TFloat32> attended = block.tap("layer." + index + ".self_attn",
                layer.attend(normal, rotation, cache.extend(layer.keyValue(normal, rotation)), attention));
        Operand<TFloat32> fed = block.tap("layer." + index + ".mlp", layer.feedForward(normal));
        return tf.math.add(tf.math.add(attended, fed), x);
    }

    private Operand<TFloat32> lastLayer(Operand<TFloat32> x, RotaryEmbedding rotation, Operand<TInt32> all,
            Operand<TInt32> places, KeyValueCache<?> cache) {
        DecoderLayer layer = layer(parameters.layers() - 1);
        Operand<TFloat32> normal = layer.normalise(x);
        Operand<TFloat32> queries = at(normal, places);
        Operand<TInt32> positions = tf.math.add(places, cache.length());
        Operand<TFloat32> attended = layer.attend(queries, new RotaryEmbedding(tf, parameters, positions),
                cache.extend(layer.keyValue(normal, rotation)),
                SelfAttention.biased(tf, CausalAttention.hideLater(tf, positions, all)));
        Operand<TFloat32> hidden = tf.math.add(tf.math.add(attended, layer.feedForward(queries)), at(x, places));
        return block.at("model").layerNorm("final_layernorm", hidden, parameters.layerNormEpsilon());
    }

    private DecoderLayer layer(int index) {
        return new DecoderLayer(block.at("model.layers", index), parameters);
    }

    private Operand<TFloat32> at(Operand<TFloat32> x, Operand<TInt32> places) {
        return tf.gather(x, places, tf.constant(1), Gather.batchDims(1L));
    }

    /** {@code [1, n]} */
    private Operand<TInt32> range(Operand<TInt32> from, Operand<TInt32> to) {
        return tf.expandDims(tf.range(from, to, tf.constant(1)), tf.constant(0));
    }
}
