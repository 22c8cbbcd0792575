package io.instructseg.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Casts that leave out what changes nothing. */
public final class Types {

    private Types() {
    }

    @SuppressWarnings("unchecked")
    public static <T extends TNumber> Operand<T> cast(Ops tf, Operand<? extends TNumber> x, Class<T> type) {
        return x.type() == type ? (Operand<T>) x : tf.dtypes.cast(x, type);
    }
}
