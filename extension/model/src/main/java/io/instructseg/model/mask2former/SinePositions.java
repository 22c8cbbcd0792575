package io.instructseg.model.mask2former;

import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Sine and cosine positions of a square map's pixels: the row in the first half of the channels, the column in the second,
 * both from 1 and normalised to 2 pi (official {@code PositionEmbeddingSine}).
 */
final class SinePositions {

    private static final float EPSILON = 1e-6f;
    private static final double TEMPERATURE = 10000;

    private SinePositions() {
    }

    /** {@code [side * side, channels]}; {@code channels} is a multiple of 4. */
    static Operand<TFloat32> of(Ops tf, int side, int channels) {
        Operand<TFloat32> table = tf.constant(table(side, channels / 2));
        return tf.concat(List.of(Grid.rows(tf, table), Grid.columns(tf, table)), tf.constant(1));
    }

    /** In the steps of the official code, each rounded to float32. */
    private static float[][] table(int side, int channels) {
        float[][] table = new float[side][channels];
        for (int i = 0; i < side; i++) {
            float angle = (i + 1) / (side + EPSILON) * (float) (2 * Math.PI);
            for (int c = 0; c < channels; c += 2) {
                float scaled = angle / (float) Math.pow(TEMPERATURE, (float) c / channels);
                table[i][c] = (float) Math.sin(scaled);
                table[i][c + 1] = (float) Math.cos(scaled);
            }
        }
        return table;
    }
}
