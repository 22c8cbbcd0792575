package io.instructseg.model.mask2former;

import java.util.ArrayList;
import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/**
 * Multi-scale deformable attention (Deformable DETR, arXiv 2010.04159, section 4.1; official {@code MSDeformAttn}): every token
 * of a pyramid attends to a few places that it chooses itself around its own, on each level.
 */
final class MultiScaleDeformableAttention {

    private final Block block;
    private final Ops tf;
    private final Hyperparameters.PixelDecoder parameters;
    private final DeformableSampling sampling;
    private final List<Integer> sides;

    MultiScaleDeformableAttention(Block block, Hyperparameters.PixelDecoder parameters, DeformableSampling sampling) {
        this.block = block;
        this.tf = block.tf();
        this.parameters = parameters;
        this.sampling = sampling;
        this.sides = sampling.sides();
    }

    /**
     * @param query {@code [b, v, c]}, v being the pixels of all levels
     * @param references the pixels' own places, {@link #references}
     * @param values {@code [b, v, c]}
     * @return {@code [b, v, c]}
     */
    Operand<TFloat32> apply(Operand<TFloat32> query, Operand<TFloat32> references, Operand<TFloat32> values) {
        int width = parameters.hiddenSize();
        int headSize = width / parameters.heads();
        Operand<TFloat32> projected = block.linear("value_proj", values, width);
        Operand<TFloat32> value = block.tap("deform.value",
                Shapes.reshape(tf, projected, -1, Shapes.known(values, 1), parameters.heads(), headSize));
        Operand<TFloat32> sampled = sampling.sample(value, locations(query, references), weights(query));
        return block.tap("deform.output", block.linear("output_proj", block.tap("deform.sampled", sampled), width));
    }

    /** x and y of the levels' pixel centres, 0 to 1 over each map: {@code [v, 1, 1, 1, 2]}. */
    static Operand<TFloat32> references(Ops tf, List<Integer> sides) {
        List<Operand<TFloat32>> levels = new ArrayList<>();
        for (int side : sides) {
            float[][] centres = new float[side][1];
            for (int i = 0; i < side; i++) {
                centres[i][0] = (i + 0.5f) / side;
            }
            Operand<TFloat32> table = tf.constant(centres);
            levels.add(tf.concat(List.of(Grid.columns(tf, table), Grid.rows(tf, table)), tf.constant(1)));
        }
        return Shapes.reshape(tf, tf.concat(levels, tf.constant(0)), -1, 1, 1, 1, 2);
    }

    /** {@code [b, v, heads, levels, points, 2]}: offsets are in pixels of the level that is read. */
    private Operand<TFloat32> locations(Operand<TFloat32> query, Operand<TFloat32> references) {
        int count = parameters.heads() * sides.size() * parameters.points();
        Operand<TFloat32> offsets = block.tap("deform.sampling_offsets", block.linear("sampling_offsets", query, 2 * count));
        float[][][] sizes = new float[sides.size()][1][1];
        for (int level = 0; level < sides.size(); level++) {
            sizes[level][0][0] = sides.get(level);
        }
        Operand<TFloat32> split = Shapes.reshape(tf, offsets, -1, Shapes.known(query, 1), parameters.heads(), sides.size(),
                parameters.points(), 2);
        return block.tap("deform.sampling_locations",
                tf.math.add(references, tf.math.div(split, tf.constant(sizes))));
    }

    /** {@code [b, v, heads, levels, points]}, of each head adding up to 1. */
    private Operand<TFloat32> weights(Operand<TFloat32> query) {
        int places = sides.size() * parameters.points();
        int tokens = Shapes.known(query, 1);
        Operand<TFloat32> logits = block.linear("attention_weights", query, parameters.heads() * places);
        Operand<TFloat32> weights = tf.nn.softmax(Shapes.reshape(tf, logits, -1, tokens, parameters.heads(), places));
        return block.tap("deform.attention_weights",
                Shapes.reshape(tf, weights, -1, tokens, parameters.heads(), sides.size(), parameters.points()));
    }
}
