package io.instructseg.model.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Multi-head attention, in float32 at any precision. */
public final class Attention {

    /** Added to a logit, makes its weight exactly zero. */
    public static final float HIDDEN = -1e9f;

    private Attention() {
    }

    /** {@code [b, n, heads * d]} to {@code [b, heads, n, d]}. */
    public static Operand<TFloat32> splitHeads(Ops tf, Operand<TFloat32> x, int heads) {
        int headSize = Shapes.known(x, -1) / heads;
        Operand<TFloat32> split = Shapes.reshape(tf, x, Shapes.size(tf, x, 0), Shapes.size(tf, x, 1), heads, headSize);
        return Shapes.transpose(tf, split, 0, 2, 1, 3);
    }

    /** {@code [b, heads, n, d]} to {@code [b, n, heads * d]}. */
    public static Operand<TFloat32> mergeHeads(Ops tf, Operand<TFloat32> x) {
        int width = Shapes.known(x, 1) * Shapes.known(x, 3);
        Operand<TFloat32> merged = Shapes.transpose(tf, x, 0, 2, 1, 3);
        return Shapes.reshape(tf, merged, Shapes.size(tf, x, 0), Shapes.size(tf, x, 2), width);
    }

    /**
     * {@code softmax(query x key^T + bias) x value}; leading axes broadcast.
     *
     * @param query {@code [.., n, d]}, scaled already
     * @param key {@code [.., m, d]}
     * @param value {@code [.., m, d]}
     * @param bias added to the logits {@code [.., n, m]}
     */
    public static Operand<TFloat32> attend(Ops tf, Operand<TFloat32> query, Operand<TFloat32> key, Operand<TFloat32> value,
            Optional<Operand<TFloat32>> bias) {
        return attend(tf, query, key, value,
                logits -> bias.<Operand<TFloat32>> map(b -> tf.math.add(logits, b)).orElse(logits));
    }

    /**
     * {@code softmax(biased(query x key^T)) x value}; leading axes broadcast.
     *
     * @param query {@code [.., n, d]}, scaled already
     * @param key {@code [.., m, d]}
     * @param value {@code [.., m, d]}
     * @param biased adds to the logits {@code [.., n, m]}
     */
    public static Operand<TFloat32> attend(Ops tf, Operand<TFloat32> query, Operand<TFloat32> key, Operand<TFloat32> value,
            UnaryOperator<Operand<TFloat32>> biased) {
        return BatchProduct.of(tf, tf.nn.softmax(biased.apply(logits(tf, query, key))), value);
    }

    /**
     * The same with keys and values in parts, which are not put together: they may be large, and the queries few.
     *
     * @param keys {@code [.., m_i, d]}
     * @param values {@code [.., m_i, d]}
     * @param bias added to the logits {@code [.., n, all m_i]}
     */
    public static Operand<TFloat32> attend(Ops tf, Operand<TFloat32> query, List<Operand<TFloat32>> keys,
            List<Operand<TFloat32>> values, Operand<TFloat32> bias) {
        if (keys.size() == 1) {
            return attend(tf, query, keys.get(0), values.get(0), Optional.of(bias));
        }
        Operand<TInt32> axis = tf.constant(query.shape().numDimensions() - 1);
        Operand<TFloat32> logits = tf.concat(keys.stream().map(key -> logits(tf, query, key)).toList(), axis);
        Operand<TInt32> sizes = tf.stack(values.stream().map(value -> Shapes.size(tf, value, -2)).toList());
        List<Output<TFloat32>> weights = tf.splitV(tf.nn.softmax(tf.math.add(logits, bias)), sizes, axis, (long) keys.size())
                .output();
        List<Operand<TFloat32>> sums = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            sums.add(BatchProduct.of(tf, weights.get(i), values.get(i)));
        }
        return tf.math.addN(sums);
    }

    private static Operand<TFloat32> logits(Ops tf, Operand<TFloat32> query, Operand<TFloat32> key) {
        return BatchProduct.ofTransposed(tf, query, key);
    }

    /** {@code x / sqrt(d)}, as the official code scales queries before the product. */
    public static Operand<TFloat32> scale(Ops tf, Operand<TFloat32> query, int headSize) {
        return tf.math.mul(query, tf.constant((float) Math.pow(headSize, -0.5)));
    }
}
