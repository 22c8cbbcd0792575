package io.instructseg.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The activations of the official code. TensorFlow makes one operation of a product, its bias and a GELU only if the GELU is
 * spelled as it is here: each of these operations, in this order (docs/performance.md).
 */
public final class Activations {

    private Activations() {
    }

    /** {@code x / 2 * (1 + erf(x / sqrt(2)))}: PyTorch's default (projector, Swin, OVP, VMTF). */
    public static <T extends TNumber> Operand<T> gelu(Ops tf, Operand<T> x) {
        Operand<T> erf = tf.math.erf(tf.math.mul(x, constant(tf, Math.sqrt(0.5), x)));
        return tf.math.mul(tf.math.mul(constant(tf, 0.5, x), x), plus(tf, erf, constant(tf, 1, x)));
    }

    /** The approximation by tanh: {@code gelu_pytorch_tanh} (SigLIP) and {@code gelu_new} (Phi-2). */
    public static <T extends TNumber> Operand<T> geluTanh(Ops tf, Operand<T> x) {
        Operand<T> cube = tf.math.mul(tf.math.mul(constant(tf, 0.044715, x), x), tf.math.square(x));
        Operand<T> inner = tf.math.mul(plus(tf, x, cube), constant(tf, Math.sqrt(2 / Math.PI), x));
        return tf.math.mul(tf.math.mul(constant(tf, 0.5, x), x), plus(tf, tf.math.tanh(inner), constant(tf, 1, x)));
    }

    /**
     * {@code max(x, 0)}, on rows. The shape in between keeps TensorFlow from making one operation of it and the product: that
     * makes 0 of NaN, and what is broken would pass for a result.
     */
    public static <T extends TNumber> Operand<T> relu(Ops tf, Operand<T> rows) {
        return Shapes.reshape(tf, tf.nn.relu(tf.expandDims(rows, tf.constant(0))), -1, Shapes.known(rows, 1));
    }

    /** The operation that TensorFlow looks for; {@code tf.math.add} is its predecessor. */
    private static <T extends TNumber> Operand<T> plus(Ops tf, Operand<T> x, Operand<T> y) {
        Operation sum = tf.scope().opBuilder("AddV2", "AddV2").addInput(x.asOutput()).addInput(y.asOutput()).build();
        return sum.<T> output(0);
    }

    private static <T extends TNumber> Operand<T> constant(Ops tf, double value, Operand<T> like) {
        return Types.cast(tf, tf.constant((float) value), like.type());
    }
}
