package io.instructseg.model.graph;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

import io.instructseg.format.Precision;

/**
 * The resource variables of a graph, by their names in the checkpoint. A weight is declared by using it; several blocks may use
 * the same one.
 */
public final class Weights {

    private final Ops tf;
    private final Precision precision;
    private final Map<String, Variable> variables = new LinkedHashMap<>();

    private record Variable(Weight weight, VarHandleOp handle, Operand<? extends TNumber> value) {
    }

    /**
     * @param tf ops in the root scope of the graph
     * @param precision element type of the matrices
     */
    public Weights(Ops tf, Precision precision) {
        this.tf = tf.withSubScope("variables");
        this.precision = precision;
    }

    /** Element type of the matrices, if nobody asks for another. */
    Precision precision() {
        return precision;
    }

    /** The same in TensorFlow. */
    public Class<? extends TNumber> type() {
        return Weight.type(precision);
    }

    /** All weights used so far, in the order of their first use. */
    public Collection<Weight> declared() {
        return variables.values().stream().map(Variable::weight).toList();
    }

    /** A vector or another small parameter: float32 at any precision, laid out as in the checkpoint. */
    Operand<TFloat32> parameter(String name, long... shape) {
        Variable variable = use(name, shape, Layout.SAME, Precision.FLOAT32);
        return typed(variable.value(), TFloat32.class);
    }

    /** A factor of matrix products or a convolution's kernel. */
    Operand<? extends TNumber> matrix(String name, Precision storage, Layout layout, long... checkpointShape) {
        return use(name, checkpointShape, layout, storage).value();
    }

    /** Rows of an embedding table {@code [rows, width]}, without reading the rest of it. */
    Operand<TFloat32> rows(String name, Operand<TInt32> indices, long rows, long width) {
        Variable variable = use(name, new long[] { rows, width }, Layout.SAME, precision);
        return gather(variable, indices, variable.value().type());
    }

    private <T extends TNumber> Operand<TFloat32> gather(Variable variable, Operand<TInt32> indices, Class<T> type) {
        return Types.cast(tf, tf.resourceGather(variable.handle(), indices, type), TFloat32.class);
    }

    private Variable use(String name, long[] checkpointShape, Layout layout, Precision storage) {
        List<Long> shape = Arrays.stream(checkpointShape).boxed().toList();
        Weight weight = new Weight(name, shape, layout, storage);
        Variable variable = variables.computeIfAbsent(name, key -> declare(weight));
        if (!variable.weight().equals(weight)) {
            throw new IllegalStateException("declared twice, differently: " + variable.weight() + ", " + weight);
        }
        return variable;
    }

    private Variable declare(Weight weight) {
        Class<? extends TNumber> type = weight.type();
        long[] shape = weight.shape().stream().mapToLong(Long::longValue).toArray();
        VarHandleOp handle = tf.withName(weight.name()).varHandleOp(type, Shape.of(shape),
                VarHandleOp.sharedName(weight.name()));
        return new Variable(weight, handle, tf.withName(weight.name() + ".value").readVariableOp(handle, type));
    }

    @SuppressWarnings("unchecked")
    private static <T extends TNumber> Operand<T> typed(Operand<? extends TNumber> value, Class<T> type) {
        if (value.type() != type) {
            throw new IllegalStateException(value.op().name() + " is " + value.type() + ", not " + type);
        }
        return (Operand<T>) value;
    }
}
