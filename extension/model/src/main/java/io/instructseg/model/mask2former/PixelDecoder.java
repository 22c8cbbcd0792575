package io.instructseg.model.mask2former;

import java.util.ArrayList;
import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/**
 * Mask2Former's pixel decoder (arXiv 2112.01527; official {@code MSDeformAttnPixelDecoder}): deformable attention over the
 * three coarser maps of the backbone, then one level of a feature pyramid up to stride 4. Maps are {@code [b, side, side, c]}.
 */
public final class PixelDecoder {

    private final Block block;
    private final Ops tf;
    private final Hyperparameters.PixelDecoder parameters;
    private final int maskSize;

    /**
     * @param maskFeatures stride 4, {@code maskSize} channels
     * @param maps strides 32, 16, 8, {@code hiddenSize} channels
     */
    public record Features(Operand<TFloat32> maskFeatures, List<Operand<TFloat32>> maps) {
    }

    /**
     * @param model the whole model's weights
     * @param maskSize channels of the mask features
     */
    public PixelDecoder(Block model, Hyperparameters.PixelDecoder parameters, int maskSize) {
        this.block = model.at("pixel_decoder");
        this.tf = model.tf();
        this.parameters = parameters;
        this.maskSize = maskSize;
    }

    /** Decodes the backbone's maps, finest first: {@code res2..res5}. */
    public Features decode(List<Operand<TFloat32>> backbone) {
        List<Operand<TFloat32>> projected = new ArrayList<>();
        for (int level = 0; level < 3; level++) {
            Block projection = block.at("input_proj", level);
            Operand<TFloat32> map = projection.pointwise("0", backbone.get(3 - level), parameters.hiddenSize());
            projected.add(block.tap("input_proj." + level, projection.groupNorm("1", map)));
        }
        List<Operand<TFloat32>> maps = encode(projected);
        Operand<TFloat32> finest = block.tap("fpn.output", refine(backbone.get(0), maps.get(2)));
        return new Features(block.pointwise("mask_features", finest, maskSize), maps);
    }

    /** The deformable transformer, over the pixels of all maps in a row. */
    private List<Operand<TFloat32>> encode(List<Operand<TFloat32>> maps) {
        List<Integer> sides = maps.stream().map(map -> Shapes.known(map, 1)).toList();
        Block transformer = block.at("transformer");
        Operand<TFloat32> positions = positions(transformer, sides);
        Operand<TFloat32> references = MultiScaleDeformableAttention.references(tf, sides);
        DeformableSampling sampling = new DeformableSampling(tf, sides, parameters.heads(),
                parameters.hiddenSize() / parameters.heads(), parameters.points());
        Operand<TFloat32> hidden = block.tap("encoder.src", tokens(maps));
        for (int i = 0; i < parameters.layers(); i++) {
            DeformableEncoderLayer layer = new DeformableEncoderLayer(transformer.at("encoder.layers", i), parameters,
                    sampling);
            hidden = block.tap("encoder.layer." + i, layer.apply(hidden, positions, references));
        }
        return maps(hidden, sides);
    }

    /** {@code [v, c]}: sine positions and a learned vector for each level. */
    private Operand<TFloat32> positions(Block transformer, List<Integer> sides) {
        Operand<TFloat32> embedding = transformer.parameter("level_embed", sides.size(), parameters.hiddenSize());
        List<Operand<TFloat32>> levels = new ArrayList<>();
        for (int level = 0; level < sides.size(); level++) {
            Operand<TFloat32> sine = block.tap("position." + level,
                    SinePositions.of(tf, sides.get(level), parameters.hiddenSize()));
            levels.add(tf.math.add(sine, tf.gather(embedding, tf.constant(level), tf.constant(0))));
        }
        return block.tap("encoder.pos_with_level", tf.concat(levels, tf.constant(0)));
    }

    private Operand<TFloat32> tokens(List<Operand<TFloat32>> maps) {
        List<Operand<TFloat32>> tokens = new ArrayList<>();
        for (Operand<TFloat32> map : maps) {
            int side = Shapes.known(map, 1);
            tokens.add(Shapes.reshape(tf, map, -1, side * side, parameters.hiddenSize()));
        }
        return tf.concat(tokens, tf.constant(1));
    }

    private List<Operand<TFloat32>> maps(Operand<TFloat32> tokens, List<Integer> sides) {
        List<Operand<TFloat32>> maps = new ArrayList<>();
        int start = 0;
        for (int side : sides) {
            Operand<TFloat32> level = tf.slice(tokens, tf.constant(new int[] { 0, start, 0 }),
                    tf.constant(new int[] { -1, side * side, -1 }));
            maps.add(Shapes.reshape(tf, level, -1, side, side, parameters.hiddenSize()));
            start += side * side;
        }
        return maps;
    }

    /** The pyramid's level: stride 4 from the backbone plus stride 8 enlarged. */
    private Operand<TFloat32> refine(Operand<TFloat32> fine, Operand<TFloat32> coarse) {
        int width = parameters.hiddenSize();
        int side = Shapes.known(fine, 1);
        Block adapter = block.at("adapter_1");
        Operand<TFloat32> lateral = tf.nn.relu(adapter.groupNorm("1", adapter.pointwise("0", fine, width)));
        Operand<TFloat32> enlarged = tf.image.resizeBilinear(coarse, tf.constant(new int[] { side, side }),
                ResizeBilinear.halfPixelCenters(true));
        Operand<TFloat32> sum = block.tap("fpn.sum", tf.math.add(lateral, enlarged));
        Block output = block.at("layer_1");
        return tf.nn.relu(output.groupNorm("1", output.convolution("0", sum, width)));
    }
}
