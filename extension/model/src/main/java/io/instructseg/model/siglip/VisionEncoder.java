package io.instructseg.model.siglip;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Activations;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/**
 * SigLIP up to the hidden state that the model selects (the output of the last layer but one, no norm after it) and
 * the projector to the language model's width (official {@code mipha/model/multimodal_encoder} and {@code
 * mm_projector}). What the checkpoint holds behind the selected layer is not part of the graph.
 */
public final class VisionEncoder {

    private final Block block;
    private final Ops tf;
    private final Hyperparameters.VisionEncoder parameters;
    private final int projectedSize;

    /**
     * @param model the whole model's weights
     * @param projectedSize the language model's width
     */
    public VisionEncoder(Block model, Hyperparameters.VisionEncoder parameters, int projectedSize) {
        this.block = model.at("model");
        this.tf = model.tf();
        this.parameters = parameters;
        this.projectedSize = projectedSize;
    }

    /** RGB bytes {@code [b, s, s, 3]} to patch tokens {@code [b, p, d]}. */
    public Operand<TFloat32> encode(Operand<TUint8> pixels) {
        Block vision = block.at("vision_tower.vision_model");
        Operand<TFloat32> normal = block.tap("images_clip", normalise(pixels));
        Operand<TFloat32> hidden = block.tap("embeddings", embed(vision.at("embeddings"), normal));
        for (int i = 0; i < parameters.layers(); i++) {
            EncoderLayer layer = new EncoderLayer(vision.at("encoder.layers", i), parameters);
            hidden = block.tap("layer." + i, layer.apply(hidden));
        }
        return block.tap("projected", project(block.tap("selected", hidden)));
    }

    /** Bytes to [-1, 1], as the official processor computes it: {@code (u / 255 - 0.5) / 0.5}. */
    private Operand<TFloat32> normalise(Operand<TUint8> pixels) {
        Operand<TFloat32> unit = tf.math.mul(tf.dtypes.cast(pixels, TFloat32.class), tf.constant((float) (1 / 255.0)));
        return tf.math.div(tf.math.sub(unit, tf.constant(0.5f)), tf.constant(0.5f));
    }

    private Operand<TFloat32> embed(Block embeddings, Operand<TFloat32> pixels) {
        int patch = parameters.patchSize();
        Operand<TFloat32> map = embeddings.patches("patch_embedding", pixels, parameters.hiddenSize(), patch);
        // [b, s / patch, s / patch, c] to [b, p, c]
        Operand<TFloat32> tokens = Shapes.reshape(tf, map, -1, parameters.patches(), parameters.hiddenSize());
        return tf.math.add(tokens,
                embeddings.parameter("position_embedding.weight", parameters.patches(), parameters.hiddenSize()));
    }

    private Operand<TFloat32> project(Operand<TFloat32> selected) {
        return block.at("mm_projector").feedForward("0", selected, projectedSize, Activations::gelu, "2", projectedSize);
    }
}
