package io.instructseg.model.mask2former;

import java.util.ArrayList;
import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceAll;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Attention;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;
import io.instructseg.model.mask2former.MaskDecoderLayer.Memory;

/**
 * Mask2Former's masked-attention decoder with queries from the language model (arXiv 2112.01527, section 3.2; official
 * {@code MultiScaleMaskedTransformerDecoderForOPTPreTrain}): in turn the layers read strides 32, 16, 8, each query where the
 * mask that it predicts so far is foreground.
 */
public final class MaskDecoder {

    private final Block model;
    private final Block block;
    private final Ops tf;
    private final Hyperparameters.MaskDecoder parameters;
    private final PredictionHead head;

    /**
     * @param maskLogits {@code [b, q, side, side]}, as large as the mask features
     * @param segLogits {@code [b, q]}
     */
    public record Predictions(Operand<TFloat32> maskLogits, Operand<TFloat32> segLogits) {
    }

    /** @param model the whole model's weights */
    public MaskDecoder(Block model, Hyperparameters.MaskDecoder parameters) {
        this.model = model;
        this.block = model.at("predictor");
        this.tf = model.tf();
        this.parameters = parameters;
        this.head = new PredictionHead(block, parameters);
    }

    /**
     * @param queryStates the language model's hidden states of the queries: {@code [b, q, d]}
     * @param scoreEmbedding {@code [b, h]}
     * @param features of b pictures, or of one that all items share: what depends on it alone is computed once
     */
    public Predictions decode(Operand<TFloat32> queryStates, Operand<TFloat32> scoreEmbedding,
            PixelDecoder.Features features) {
        List<Memory> memories = new ArrayList<>();
        List<Operand<TFloat32>> maskFeatures = new ArrayList<>();
        for (int level = 0; level < features.maps().size(); level++) {
            memories.add(memory(level, features.maps().get(level)));
            maskFeatures.add(resize(features.maskFeatures(), Shapes.known(features.maps().get(level), 1)));
        }
        Operand<TFloat32> query = block.tap("seg_query",
                model.linear("seg_query_projector", queryStates, parameters.hiddenSize()));
        Operand<TFloat32> positions = block.parameter("query_embed.weight", parameters.queries(), parameters.hiddenSize());
        for (int i = 0; i < parameters.layers(); i++) {
            int level = i % memories.size();
            Operand<TFloat32> bias = bias(i, query, maskFeatures.get(level));
            query = block.tap("prediction." + (i + 1) + ".query",
                    new MaskDecoderLayer(block, i, parameters).apply(query, positions, memories.get(level), bias));
        }
        int side = Shapes.known(features.maskFeatures(), 1);
        Operand<TFloat32> masks = head.masks(query, features.maskFeatures());
        return new Predictions(Shapes.reshape(tf, masks, -1, parameters.queries(), side, side),
                head.scores(query, scoreEmbedding));
    }

    private Memory memory(int level, Operand<TFloat32> map) {
        int width = parameters.hiddenSize();
        int side = Shapes.known(map, 1);
        Operand<TFloat32> projected = parameters.projectsInput() ? block.at("input_proj").pointwise("" + level, map, width)
                : map;
        Operand<TFloat32> embedding = tf.gather(block.parameter("level_embed.weight", 3, width), tf.constant(level),
                tf.constant(0));
        Operand<TFloat32> tokens = block.tap("memory." + level,
                tf.math.add(Shapes.reshape(tf, projected, -1, side * side, width), embedding));
        Operand<TFloat32> positions = block.tap("memory_pos." + level, SinePositions.of(tf, side, width));
        return new Memory(tokens, tf.math.add(tokens, positions));
    }

    /**
     * The official code resizes each query's mask logits. They are linear in the features and so is resizing: resizing the
     * features gives the same logits for a fraction of the work, once for all layers and items.
     */
    private Operand<TFloat32> resize(Operand<TFloat32> maskFeatures, int side) {
        return tf.image.resizeBilinear(maskFeatures, tf.constant(new int[] { side, side }),
                ResizeBilinear.halfPixelCenters(true));
    }

    /** {@code [b, 1, q, n]}: 0 where a query attends, its mask's foreground; a query without any attends everywhere. */
    private Operand<TFloat32> bias(int layer, Operand<TFloat32> query, Operand<TFloat32> maskFeatures) {
        Operand<TFloat32> probability = tf.math.sigmoid(head.masks(query, maskFeatures));
        Operand<TBool> background = block.tap("prediction." + layer + ".attn_mask",
                tf.math.less(probability, tf.constant(0.5f)));
        Operand<TBool> empty = tf.reduceAll(background, tf.constant(-1), ReduceAll.keepDims(true));
        Operand<TBool> masked = block.tap("layer." + layer + ".attn_mask_used",
                tf.math.logicalAnd(background, tf.math.logicalNot(empty)));
        return tf.expandDims(tf.select(masked, tf.constant(Attention.HIDDEN), tf.constant(0f)), tf.constant(1));
    }
}
