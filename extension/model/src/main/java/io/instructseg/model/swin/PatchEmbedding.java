package io.instructseg.model.swin;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

import io.instructseg.model.graph.Block;

/** Pixels to tokens of 4 x 4 pixels each (official {@code PatchEmbed}), the official normalisation before it. */
final class PatchEmbedding {

    private static final int PATCH = 4;
    private static final float[] MEAN = { 123.675f, 116.28f, 103.53f };
    private static final float[] DEVIATION = { 58.395f, 57.12f, 57.375f };

    private final Block block;
    private final Ops tf;
    private final int channels;

    PatchEmbedding(Block block, int channels) {
        this.block = block;
        this.tf = block.tf();
        this.channels = channels;
    }

    /** RGB bytes {@code [b, s, s, 3]} to {@code [b, s / 4, s / 4, c]}. */
    Operand<TFloat32> apply(Operand<TUint8> pixels) {
        Operand<TFloat32> centred = tf.math.sub(tf.dtypes.cast(pixels, TFloat32.class), tf.constant(MEAN));
        Operand<TFloat32> normal = block.tap("images", tf.math.div(centred, tf.constant(DEVIATION)));
        Operand<TFloat32> map = block.patches("proj", normal, channels, PATCH);
        return block.layerNorm("norm", map, SwinTransformer.EPSILON);
    }
}
