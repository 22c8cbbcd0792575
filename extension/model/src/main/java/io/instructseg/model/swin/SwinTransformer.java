package io.instructseg.model.swin;

import java.util.ArrayList;
import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Block;

/**
 * Swin Transformer (arXiv 2103.14030; official {@code SwinTransformer} in {@code mask_encoder/swin_trans.py}): four stages of
 * blocks that attend within windows, every second block within shifted ones; each stage's map, normalised, is an output.
 */
public final class SwinTransformer {

    /** PyTorch's default, which the official code leaves. */
    static final float EPSILON = 1e-5f;

    private final Block block;
    private final Ops tf;
    private final Hyperparameters.Backbone parameters;

    /** @param model the whole model's weights */
    public SwinTransformer(Block model, Hyperparameters.Backbone parameters) {
        this.block = model.at("model.vision_tower_mask");
        this.tf = model.tf();
        this.parameters = parameters;
    }

    /**
     * RGB bytes {@code [b, s, s, 3]} to the feature maps {@code res2} to {@code res5}: {@code [b, s / 4, s / 4, c]} to
     * {@code [b, s / 32, s / 32, 8 * c]}.
     */
    public List<Operand<TFloat32>> encode(Operand<TUint8> pixels) {
        List<Operand<TFloat32>> maps = new ArrayList<>();
        PatchEmbedding embedding = new PatchEmbedding(block.at("patch_embed"), parameters.embedDim());
        RelativePositions positions = new RelativePositions(tf, parameters.windowSize());
        Operand<TFloat32> x = block.tap("patch_embed", embedding.apply(pixels));
        for (int stage = 0; stage < 4; stage++) {
            if (stage > 0) {
                PatchMerging merging = new PatchMerging(block.at("layers", stage - 1).at("downsample"));
                x = block.tap("stage." + (stage - 1) + ".downsampled", merging.apply(x));
            }
            x = blocks(stage, positions, x);
            maps.add(block.layerNorm("norm" + stage, x, EPSILON));
        }
        return maps;
    }

    /** {@code [b, side, side, c]} to the same, through a stage's blocks. */
    private Operand<TFloat32> blocks(int stage, RelativePositions positions, Operand<TFloat32> x) {
        int depth = parameters.depths().get(stage);
        int windowSize = parameters.windowSize();
        int heads = parameters.heads().get(stage);
        WindowPartition regular = new WindowPartition(tf, parameters.side(stage), windowSize, 0, heads);
        WindowPartition shifted = new WindowPartition(tf, parameters.side(stage), windowSize, windowSize / 2, heads);
        Operand<TFloat32> result = x;
        for (int i = 0; i < depth; i++) {
            String name = "stage." + stage + ".block." + i;
            SwinBlock layer = new SwinBlock(block.at("layers", stage).at("blocks", i), name, heads,
                    parameters.intermediateSizes().get(stage));
            // the goldens have the last block's output as pre_norm
            result = block.tap(i < depth - 1 ? name : "stage." + stage + ".pre_norm",
                    layer.apply(result, i % 2 == 0 ? regular : shifted, positions));
        }
        return result;
    }
}
