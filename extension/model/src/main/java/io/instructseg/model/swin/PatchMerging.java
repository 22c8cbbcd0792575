package io.instructseg.model.swin;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Shapes;

/** Half the side, twice the channels (official {@code PatchMerging}). Sides are even: the input's is a multiple of 32. */
final class PatchMerging {

    private final Block block;
    private final Ops tf;

    PatchMerging(Block block) {
        this.block = block;
        this.tf = block.tf();
    }

    /** {@code [b, side, side, c]} to {@code [b, side / 2, side / 2, 2 * c]}. */
    Operand<TFloat32> apply(Operand<TFloat32> x) {
        int half = Shapes.known(x, 1) / 2;
        int channels = Shapes.known(x, 3);
        // [b, half, row, half, column, c] to [b, half, half, column, row, c]: the official order of the four neighbours
        Operand<TFloat32> split = Shapes.reshape(tf, x, -1, half, 2, half, 2, channels);
        Operand<TFloat32> neighbours = Shapes.reshape(tf, Shapes.transpose(tf, split, 0, 1, 3, 4, 2, 5),
                -1, half, half, 4 * channels);
        Operand<TFloat32> normal = block.layerNorm("norm", neighbours, SwinTransformer.EPSILON);
        return block.linearWithoutBias("reduction", normal, 2 * channels);
    }
}
