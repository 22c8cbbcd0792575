package io.instructseg.model.mask2former;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.BatchProduct;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/** What queries predict (official {@code forward_prediction_heads}); the parts are computed where they are needed only. */
final class PredictionHead {

    private static final float EPSILON = 1e-5f;

    private final Block block;
    private final Ops tf;
    private final Hyperparameters.MaskDecoder parameters;

    PredictionHead(Block block, Hyperparameters.MaskDecoder parameters) {
        this.block = block;
        this.tf = block.tf();
        this.parameters = parameters;
    }

    /**
     * Mask logits: the query's embedding times the features at each pixel.
     *
     * @param query {@code [b, q, h]}
     * @param features {@code [i, side, side, m]}, i being b or 1
     * @return {@code [b, q, side * side]}
     */
    Operand<TFloat32> masks(Operand<TFloat32> query, Operand<TFloat32> features) {
        int width = parameters.hiddenSize();
        Block mlp = block.at("mask_embed.layers");
        Operand<TFloat32> first = tf.nn.relu(mlp.linear("0", normalise(query), width));
        Operand<TFloat32> second = tf.nn.relu(mlp.linear("1", first, width));
        Operand<TFloat32> embedding = mlp.linear("2", second, parameters.maskSize());
        int side = Shapes.known(features, 1);
        Operand<TFloat32> pixels = Shapes.reshape(tf, features, -1, side * side, parameters.maskSize());
        return BatchProduct.ofTransposed(tf, embedding, pixels);
    }

    /**
     * Score logits: {@code SEG_proj(query) . E_v}.
     *
     * @param query {@code [b, q, h]}
     * @param scoreEmbedding {@code [b, h]}
     * @return {@code [b, q]}
     */
    Operand<TFloat32> scores(Operand<TFloat32> query, Operand<TFloat32> scoreEmbedding) {
        int width = parameters.hiddenSize();
        Block mlp = block.at("SEG_proj.layers");
        Operand<TFloat32> hidden = tf.nn.relu(mlp.linear("0", normalise(query), width));
        Operand<TFloat32> column = Shapes.reshape(tf, scoreEmbedding, -1, width, 1);
        Operand<TFloat32> scores = tf.train.batchMatMul(mlp.linear("1", hidden, width), column, TFloat32.class);
        return Shapes.reshape(tf, scores, -1, parameters.queries());
    }

    private Operand<TFloat32> normalise(Operand<TFloat32> query) {
        return block.layerNorm("decoder_norm", query, EPSILON);
    }
}
