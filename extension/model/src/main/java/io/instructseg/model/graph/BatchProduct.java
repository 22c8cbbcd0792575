package io.instructseg.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Large products of activations with each other, in float32. As the operation that oneDNN takes over: its successor, which
 * {@code tf.train.batchMatMul} makes, it does not. Which of them is faster depends on the processor, hence the engine changes
 * one into the other when it loads a model (docs/performance.md).
 */
public final class BatchProduct {

    private BatchProduct() {
    }

    /** {@code [.., n, k]} by {@code [.., k, m]}; leading axes broadcast. */
    public static Operand<TFloat32> of(Ops tf, Operand<TFloat32> x, Operand<TFloat32> y) {
        return multiply(tf, x, y, false);
    }

    /** {@code [.., n, k]} by {@code [.., m, k]}; leading axes broadcast. */
    public static Operand<TFloat32> ofTransposed(Ops tf, Operand<TFloat32> x, Operand<TFloat32> y) {
        return multiply(tf, x, y, true);
    }

    private static Operand<TFloat32> multiply(Ops tf, Operand<TFloat32> x, Operand<TFloat32> y, boolean transposed) {
        Operation product = tf.scope().opBuilder("BatchMatMulV2", "BatchMatMulV2").addInput(x.asOutput())
                .addInput(y.asOutput()).setAttr("adj_y", transposed).build();
        return product.<TFloat32> output(0);
    }
}
