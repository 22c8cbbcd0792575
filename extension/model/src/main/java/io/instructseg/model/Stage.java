package io.instructseg.model;

import java.util.List;
import java.util.Map;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Weights;

/** A signature while it is built: placeholders in, named tensors out, everything in the scope of its key. */
final class Stage {

    private final Signature signature;
    private final Map<String, Integer> sizes;
    private final Ops tf;
    private final Block block;

    Stage(Signature signature, Hyperparameters hyperparameters, Ops tf, Weights weights) {
        this.signature = signature;
        this.sizes = hyperparameters.axes();
        this.tf = tf.withSubScope(signature.key());
        this.block = Block.root(this.tf, weights);
    }

    /** The whole model's weights, in this signature's scope. */
    Block block() {
        return block;
    }

    Operand<TFloat32> floats(String name) {
        return placeholder(name, TFloat32.class);
    }

    /** @param type that of the model's precision */
    <T extends TNumber> Operand<T> precise(String name, Class<T> type) {
        return placeholder(name, type);
    }

    Operand<TInt32> ints(String name) {
        return placeholder(name, TInt32.class);
    }

    Operand<TUint8> bytes(String name) {
        return placeholder(name, TUint8.class);
    }

    /** Names an output. */
    void output(String name, Operand<? extends TType> value) {
        spec(signature.outputs(), name);
        String actual = tf.withName(name).identity(value).op().name();
        String expected = tensorName(signature, name);
        if (!actual.equals(expected)) {
            throw new IllegalStateException("the name of output " + expected + " is taken, it became " + actual);
        }
    }

    /** Name of the operation that gives a signature's tensor. */
    static String tensorName(Signature signature, String tensor) {
        return signature.key() + "/" + tensor;
    }

    /** Name of the placeholder that takes a signature's tensor; what it gives back under the same name has that name. */
    static String placeholderName(Signature signature, String input) {
        boolean givenBack = signature.outputs().stream().anyMatch(output -> output.name().equals(input));
        return tensorName(signature, givenBack ? "past_" + input : input);
    }

    private <T extends TType> Operand<T> placeholder(String name, Class<T> type) {
        long[] shape = spec(signature.inputs(), name).axes().stream().mapToLong(this::size).toArray();
        String inScope = placeholderName(signature, name).substring(signature.key().length() + 1);
        return tf.withName(inScope).placeholder(type, Placeholder.shape(Shape.of(shape)));
    }

    private long size(String axis) {
        if (Character.isDigit(axis.charAt(0))) {
            return Long.parseLong(axis);
        }
        return sizes.containsKey(axis) ? sizes.get(axis) : Shape.UNKNOWN_SIZE;
    }

    private TensorSpec spec(List<TensorSpec> specs, String name) {
        return specs.stream().filter(spec -> spec.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(signature + " has no " + name));
    }
}
