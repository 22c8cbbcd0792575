package io.instructseg.model.perceiver;

import java.util.List;
import java.util.Optional;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Attention;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/**
 * The object-aware video perceiver (OVP, paper section 3.2; official {@code OVPsampler} and {@code get_ovp_feat_time}): learned
 * queries gather from a frame what an instruction asks for. Frames are independent of each other.
 */
public final class ObjectAwareVideoPerceiver {

    private final Block block;
    private final Ops tf;
    private final Hyperparameters parameters;

    /** @param block the whole model's weights */
    public ObjectAwareVideoPerceiver(Block block, Hyperparameters parameters) {
        this.block = block;
        this.tf = block.tf();
        this.parameters = parameters;
    }

    /**
     * @param patches a frame's projected patch tokens {@code [f, p, d]}
     * @param instructionIds {@code [f, r]}
     * @param instructionLengths {@code [f]}
     * @return {@code [f, l, d]}
     */
    public Operand<TFloat32> perceive(Operand<TFloat32> patches, Operand<TInt32> instructionIds,
            Operand<TInt32> instructionLengths) {
        Hyperparameters.Perceiver sizes = parameters.perceiver();
        int width = parameters.languageModel().hiddenSize();
        Operand<TFloat32> instruction = block.at("model").embedding("embed_tokens",
                Shapes.zeroBeyond(tf, instructionIds, instructionLengths), parameters.languageModel().vocabularySize(), width);
        Optional<Operand<TFloat32>> bias = Optional.of(bias(instructionIds, instructionLengths));
        // [1, l, d]: the learned queries, for each row
        Operand<TFloat32> queries = Shapes.reshape(tf, block.parameter("temporal_query", sizes.queries(), width), 1,
                sizes.queries(), width);
        Operand<TFloat32> latents = Shapes.broadcastRows(tf, queries, Shapes.size(tf, instructionIds, 0));
        Block layers = block.at("ovp_layers");
        for (int i = 0; i < sizes.layers(); i++) {
            PerceiverLayer layer = new PerceiverLayer(layers.at("layers", i), sizes.heads(), sizes.headSize(),
                    sizes.feedForwardSize());
            Operand<TFloat32> attended = block.tap("layer." + i + ".attn",
                    layer.attend(latents, List.of(patches, instruction), bias));
            latents = block.tap("layer." + i, layer.feedForward(tf.math.add(latents, attended)));
        }
        return block.tap("out", layers.layerNorm("norm", latents, 1e-5f));
    }

    /** Hides the instruction's padding from the queries: {@code [f, 1, 1, p + r + l]}. */
    private Operand<TFloat32> bias(Operand<TInt32> instructionIds, Operand<TInt32> instructionLengths) {
        Operand<TInt32> rows = Shapes.size(tf, instructionIds, 0);
        Operand<TFloat32> padding = tf.select(Shapes.within(tf, instructionIds, instructionLengths), tf.constant(0f),
                tf.constant(Attention.HIDDEN));
        Operand<TFloat32> all = tf.concat(List.of(zeros(rows, parameters.visionEncoder().patches()), padding,
                zeros(rows, parameters.perceiver().queries())), tf.constant(1));
        return Shapes.reshape(tf, all, rows, 1, 1, -1);
    }

    private Operand<TFloat32> zeros(Operand<TInt32> rows, int columns) {
        return tf.fill(Shapes.of(tf, rows, columns), tf.constant(0f));
    }
}
