package io.instructseg.model.perceiver;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.model.graph.Activations;
import io.instructseg.model.graph.Attention;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/**
 * Latents attend to media and to themselves, then a feed-forward layer, each with a residual (official {@code
 * PerceiverAttention} and {@code FeedForward} in {@code ovp.py}; {@code vmtf.py} has the same ones, whose latents
 * attend only to the first of themselves, which is the same for that first one).
 */
public final class PerceiverLayer {

    private static final float EPSILON = 1e-5f;

    private final Block block;
    private final Ops tf;
    private final int heads;
    private final int headSize;
    private final int feedForwardSize;

    public PerceiverLayer(Block block, int heads, int headSize, int feedForwardSize) {
        this.block = block;
        this.tf = block.tf();
        this.heads = heads;
        this.headSize = headSize;
        this.feedForwardSize = feedForwardSize;
    }

    /**
     * The attention, before the residual.
     *
     * @param latents {@code [f, l, d]}
     * @param media parts {@code [f or 1, m, d]}, in order; those with one row are projected once and shared
     * @param bias added to the logits {@code [f, heads, l, all m + l]}
     */
    public Operand<TFloat32> attend(Operand<TFloat32> latents, List<Operand<TFloat32>> media,
            Optional<Operand<TFloat32>> bias) {
        Block attention = block.at("0");
        int width = Shapes.known(latents, -1);
        Operand<TFloat32> normal = attention.layerNorm("norm_latents", latents, EPSILON);
        Operand<TFloat32> query = heads(attention.linearWithoutBias("to_q", normal, heads * headSize));
        List<Operand<TFloat32>> joint = new ArrayList<>();
        for (Operand<TFloat32> part : media) {
            Operand<TFloat32> keyValue = keyValue(attention.layerNorm("norm_media", part, EPSILON));
            joint.add(Shapes.broadcastRows(tf, keyValue, Shapes.size(tf, latents, 0)));
        }
        joint.add(keyValue(normal));
        // [f, m + l, 2 * heads * headSize], keys first
        List<Operand<TFloat32>> keyAndValue = Shapes.split(tf, tf.concat(joint, tf.constant(1)), 2);
        Operand<TFloat32> attended = Attention.attend(tf, Attention.scale(tf, query, headSize), heads(keyAndValue.get(0)),
                heads(keyAndValue.get(1)), bias);
        return attention.linearWithoutBias("to_out", Attention.mergeHeads(tf, attended), width);
    }

    /** The feed-forward layer of {@code attended + latents}, with its residual. */
    public Operand<TFloat32> feedForward(Operand<TFloat32> x) {
        Block layer = block.at("1");
        Operand<TFloat32> normal = layer.layerNorm("0", x, EPSILON);
        Operand<TFloat32> hidden = Activations.gelu(tf, layer.linearWithoutBias("1", normal, feedForwardSize));
        return tf.math.add(x, layer.linearWithoutBias("3", hidden, Shapes.known(x, -1)));
    }

    private Operand<TFloat32> keyValue(Operand<TFloat32> normal) {
        return block.at("0").linearWithoutBias("to_kv", normal, 2 * heads * headSize);
    }

    private Operand<TFloat32> heads(Operand<TFloat32> x) {
        return Attention.splitHeads(tf, x, heads);
    }
}
