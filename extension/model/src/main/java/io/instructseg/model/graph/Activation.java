package io.instructseg.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** An elementwise function, in whatever type its argument has. */
@FunctionalInterface
public interface Activation {

    <T extends TNumber> Operand<T> apply(Ops tf, Operand<T> x);
}
