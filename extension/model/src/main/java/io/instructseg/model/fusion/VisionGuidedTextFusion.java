package io.instructseg.model.fusion;

import java.util.List;
import java.util.Optional;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Sum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;
import io.instructseg.model.perceiver.PerceiverLayer;

/**
 * Vision-guided multi-granularity text fusion (VMTF, paper section 3.3; official {@code VMTF}, {@code
 * get_SEG_embedding} and the projectors around them): the embedding by which queries are scored. The official latents
 * are the instruction's mean and its tokens, but they attend to the picture and the mean only, and only the mean's
 * row is read: the tokens' rows are left out, which changes nothing.
 */
public final class VisionGuidedTextFusion {

    private final Block block;
    private final Ops tf;
    private final Hyperparameters parameters;

    /** @param block the whole model's weights */
    public VisionGuidedTextFusion(Block block, Hyperparameters parameters) {
        this.block = block;
        this.tf = block.tf();
        this.parameters = parameters;
    }

    /**
     * @param states hidden states of the instruction {@code [b, r, d]}
     * @param lengths {@code [b]}
     * @param res5 {@code [b or 1, h, w, c]}
     * @return {@code [b, hidden]}
     */
    public Operand<TFloat32> fuse(Operand<TFloat32> states, Operand<TInt32> lengths, Operand<TFloat32> res5) {
        Operand<TFloat32> mean = mean(states, lengths);
        int width = parameters.textFusion().hiddenSize();
        Operand<TFloat32> origin = block.tap("origin", block.linear("origin_SEG_token_projector", mean, width));
        Operand<TFloat32> fused = attendToVision(block.linear("text_vmtf_projector", mean, width), localVision(res5));
        Operand<TFloat32> both = block.tap("concat", tf.concat(List.of(origin, fused), tf.constant(2)));
        int hidden = parameters.maskDecoder().hiddenSize();
        // [b, 1, hidden] to [b, hidden]
        return block.tap("E_v", Shapes.reshape(tf, block.linear("SEG_token_projector", both, hidden), -1, hidden));
    }

    /** Mean of each item's own tokens: {@code [b, 1, d]}. */
    private Operand<TFloat32> mean(Operand<TFloat32> states, Operand<TInt32> lengths) {
        Operand<TFloat32> own = tf.select(tf.expandDims(Shapes.within(tf, states, lengths), tf.constant(2)), states,
                tf.constant(0f));
        Operand<TFloat32> sum = tf.sum(own, tf.constant(1), Sum.keepDims(true));
        Operand<TFloat32> counts = Shapes.reshape(tf, tf.dtypes.cast(lengths, TFloat32.class), -1, 1, 1);
        return block.tap("mean", tf.math.div(sum, counts));
    }

    /** {@code [i, h, w, c]} to {@code [i, h * w, width]}. */
    private Operand<TFloat32> localVision(Operand<TFloat32> res5) {
        int width = parameters.textFusion().hiddenSize();
        Operand<TFloat32> map = block.tap("local_vision", block.pointwise("local_project", res5, width));
        return Shapes.reshape(tf, map, -1, Shapes.known(res5, 1) * Shapes.known(res5, 2), width);
    }

    private Operand<TFloat32> attendToVision(Operand<TFloat32> text, Operand<TFloat32> vision) {
        Hyperparameters.TextFusion sizes = parameters.textFusion();
        Block layers = block.at("vmtf_layers");
        Operand<TFloat32> latents = block.tap("text", text);
        for (int i = 0; i < sizes.layers(); i++) {
            PerceiverLayer layer = new PerceiverLayer(layers.at("layers", i), sizes.heads(), sizes.headSize(),
                    sizes.feedForwardSize());
            Operand<TFloat32> attended = layer.attend(latents, List.of(vision), Optional.empty());
            latents = block.tap("vmtf.layer." + i, layer.feedForward(tf.math.add(latents, attended)));
        }
        return block.tap("vmtf.out", layers.layerNorm("norm", latents, 1e-5f));
    }
}
