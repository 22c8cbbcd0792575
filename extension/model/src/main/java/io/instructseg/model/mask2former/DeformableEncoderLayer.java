package io.instructseg.model.mask2former;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Activations;
import io.instructseg.model.graph.Block;

/** A post-norm layer of deformable self-attention (official {@code MSDeformAttnTransformerEncoderLayer}). */
final class DeformableEncoderLayer {

    private static final float EPSILON = 1e-5f;

    private final Block block;
    private final Ops tf;
    private final Hyperparameters.PixelDecoder parameters;
    private final MultiScaleDeformableAttention attention;

    DeformableEncoderLayer(Block block, Hyperparameters.PixelDecoder parameters, DeformableSampling sampling) {
        this.block = block;
        this.tf = block.tf();
        this.parameters = parameters;
        this.attention = new MultiScaleDeformableAttention(block.at("self_attn"), parameters, sampling);
    }

    /**
     * @param x {@code [b, v, c]}
     * @param positions {@code [v, c]}
     * @param references the tokens' own places, {@link MultiScaleDeformableAttention#references}
     * @return {@code [b, v, c]}
     */
    Operand<TFloat32> apply(Operand<TFloat32> x, Operand<TFloat32> positions, Operand<TFloat32> references) {
        Operand<TFloat32> query = block.tap("deform.query", tf.math.add(x, positions));
        Operand<TFloat32> attended = tf.math.add(x, attention.apply(query, references, x));
        Operand<TFloat32> hidden = block.layerNorm("norm1", attended, EPSILON);
        return block.layerNorm("norm2", tf.math.add(hidden, feedForward(hidden)), EPSILON);
    }

    private Operand<TFloat32> feedForward(Operand<TFloat32> x) {
        return block.feedForward("linear1", x, parameters.feedForwardSize(), Activations::relu, "linear2",
                parameters.hiddenSize());
    }
}
