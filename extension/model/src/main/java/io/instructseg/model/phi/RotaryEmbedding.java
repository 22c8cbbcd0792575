package io.instructseg.model.phi;

import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.format.Hyperparameters;
import io.instructseg.model.graph.Shapes;

/**
 * Rotary position embedding of a part of each head's channels (transformers' {@code PhiRotaryEmbedding},
 * {@code apply_rotary_pos_emb}): channel {@code i} pairs with {@code i + rotaryDimensions / 2}.
 */
final class RotaryEmbedding {

    private final Ops tf;
    private final int dimensions;
    private final Operand<TFloat32> cosine;
    private final Operand<TFloat32> sine;

    /** @param positions {@code [1 or b, n]} */
    RotaryEmbedding(Ops tf, Hyperparameters.LanguageModel parameters, Operand<TInt32> positions) {
        this.tf = tf;
        this.dimensions = parameters.rotaryDimensions();
        Operand<TFloat32> angles = tf.math.mul(column(positions), tf.constant(frequencies(parameters)));
        Operand<TFloat32> both = tf.concat(List.of(angles, angles), tf.constant(3));
        this.cosine = tf.math.cos(both);
        this.sine = tf.math.sin(both);
    }

    /** {@code [b, heads, n, d]} to the same. */
    Operand<TFloat32> rotate(Operand<TFloat32> x) {
        int headSize = Shapes.known(x, 3);
        Operand<TFloat32> first = channels(x, 0, dimensions / 2);
        Operand<TFloat32> second = channels(x, dimensions / 2, dimensions / 2);
        Operand<TFloat32> half = tf.concat(List.of(tf.math.neg(second), first), tf.constant(3));
        Operand<TFloat32> rotated = tf.math.add(tf.math.mul(channels(x, 0, dimensions), cosine), tf.math.mul(half, sine));
        if (dimensions == headSize) {
            return rotated;
        }
        return tf.concat(List.of(rotated, channels(x, dimensions, headSize - dimensions)), tf.constant(3));
    }

    /** {@code [b, n]} to {@code [b, 1, n, 1]}. */
    private Operand<TFloat32> column(Operand<TInt32> positions) {
        Operand<TFloat32> values = tf.dtypes.cast(positions, TFloat32.class);
        return tf.expandDims(tf.expandDims(values, tf.constant(1)), tf.constant(3));
    }

    private static float[] frequencies(Hyperparameters.LanguageModel parameters) {
        int dimensions = parameters.rotaryDimensions();
        float[] frequencies = new float[dimensions / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) Math.pow(parameters.ropeTheta(), -2.0 * i / dimensions);
        }
        return frequencies;
    }

    private Operand<TFloat32> channels(Operand<TFloat32> x, int from, int count) {
        return tf.slice(x, tf.constant(new int[] { 0, 0, 0, from }), tf.constant(new int[] { -1, -1, -1, count }));
    }
}
