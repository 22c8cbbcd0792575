package io.instructseg.model.phi;

import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.model.graph.Attention;
import io.instructseg.model.phi.KeyValueCache.KeyValue;

/** How positions attend to what was before them, and to themselves. */
@FunctionalInterface
interface SelfAttention {

    /**
     * @param query {@code [b, heads, m, d]}, scaled already
     * @param seen in the order of their tokens
     * @return {@code [b, heads, m, d]}
     */
    Operand<TFloat32> attend(Operand<TFloat32> query, List<KeyValue> seen);

    /** At once, by a bias on the logits {@code [1 or b, 1, m, n]}. */
    static SelfAttention biased(Ops tf, Operand<TFloat32> bias) {
        return (query, seen) -> Attention.attend(tf, query, seen.stream().map(KeyValue::keys).toList(),
                seen.stream().map(KeyValue::values).toList(), bias);
    }
}
