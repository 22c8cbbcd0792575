package io.instructseg.model.phi;

import java.util.ArrayList;
import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

import io.instructseg.format.Signature;
import io.instructseg.model.graph.Shapes;
import io.instructseg.model.graph.Types;

/**
 * The keys and values that later tokens attend to (transformers' {@code DynamicCache}), layer by layer while the layers are
 * built: parts that come with a run, in order, and behind them what the run adds. The parts are never put together, so that a
 * long one is not copied for each new token. They are stored in the model's precision, and attended to in float32.
 *
 * @param <T> the type in which they are stored
 */
public final class KeyValueCache<T extends TNumber> {

    /** In the scope of what is stored. */
    private final Ops tf;
    private final Class<T> type;
    private final Operand<TInt32> length;
    /** By layer. */
    private final List<List<Stored<T>>> given;
    private final List<KeyValue> added = new ArrayList<>();

    /** Rotated keys, and values, of a layer {@code [b, heads, tokens, d]}. */
    public record KeyValue(Operand<TFloat32> keys, Operand<TFloat32> values) {
    }

    /** The same as they are stored: of a layer, or of all layers {@code [layers, b, heads, tokens, d]}. */
    public record Stored<T extends TNumber>(Operand<T> keys, Operand<T> values) {
    }

    private KeyValueCache(Ops tf, Class<T> type, Operand<TInt32> length, List<List<Stored<T>>> given) {
        this.tf = tf;
        this.type = type;
        this.length = length;
        this.given = given;
    }

    /** Before the first token. */
    public static <T extends TNumber> KeyValueCache<T> empty(Ops tf, Class<T> type) {
        return new KeyValueCache<>(tf.withSubScope(Signature.CACHE_SCOPE), type, tf.constant(0), List.of());
    }

    /** @param parts of all layers, in the order of their tokens */
    public static <T extends TNumber> KeyValueCache<T> of(Ops tf, Class<T> type, List<Stored<T>> parts) {
        Ops storage = tf.withSubScope(Signature.CACHE_SCOPE);
        List<List<Stored<T>>> layers = new ArrayList<>();
        for (int layer = 0; layer < Shapes.known(parts.get(0).keys(), 0); layer++) {
            layers.add(new ArrayList<>());
        }
        Operand<TInt32> length = tf.constant(0);
        for (Stored<T> part : parts) {
            length = tf.math.add(length, Shapes.size(storage, part.keys(), 3));
            List<Output<T>> keys = layers(storage, part.keys());
            List<Output<T>> values = layers(storage, part.values());
            for (int layer = 0; layer < layers.size(); layer++) {
                layers.get(layer).add(new Stored<>(keys.get(layer), values.get(layer)));
            }
        }
        return new KeyValueCache<>(storage, type, length, layers);
    }

    /** Along the first axis, TensorFlow's slices share the memory of the whole. */
    private static <T extends TNumber> List<Output<T>> layers(Ops tf, Operand<T> all) {
        return tf.unstack(all, (long) Shapes.known(all, 0), Unstack.axis(0L)).output();
    }

    /** Whether no token is before those of this run. */
    boolean isEmpty() {
        return given.isEmpty();
    }

    /** Tokens before those of this run, a scalar. */
    Operand<TInt32> length() {
        return length;
    }

    /** Takes what the next layer adds; gives all that it attends to, in order. */
    List<KeyValue> extend(KeyValue own) {
        List<KeyValue> all = new ArrayList<>();
        if (!isEmpty()) {
            // when the layer is reached: casts that wait for nothing would have all layers in memory at once
            Ops reached = tf.withControlDependencies(own.keys());
            given.get(added.size()).forEach(part -> all.add(new KeyValue(Types.cast(reached, part.keys(), TFloat32.class),
                    Types.cast(reached, part.values(), TFloat32.class))));
        }
        added.add(own);
        all.add(own);
        return all;
    }

    /**
     * What the run has added, of all layers. Each is copied as soon as it is there: waiting side by side until all of them can
     * be put together, they would take as much memory again.
     */
    public Stored<T> added() {
        return new Stored<>(together(added.stream().map(KeyValue::keys).toList()),
                together(added.stream().map(KeyValue::values).toList()));
    }

    /** One of the parts' tokens, and then those that the run has added. */
    public Stored<T> followedByAdded(Stored<T> part) {
        Operand<TInt32> tokens = tf.constant(3);
        Stored<T> added = added();
        return new Stored<>(tf.concat(List.of(part.keys(), added.keys()), tokens),
                tf.concat(List.of(part.values(), added.values()), tokens));
    }

    /** {@code [b, heads, tokens, d]} of each layer to {@code [layers, b, heads, tokens, d]}. */
    private Operand<T> together(List<Operand<TFloat32>> layers) {
        List<Object> shape = new ArrayList<>(List.of(layers.size()));
        shape.addAll(List.of(Shapes.sizes(tf, layers.get(0))));
        Operand<T> all = tf.empty(Shapes.of(tf, shape.toArray()), type);
        for (int layer = 0; layer < layers.size(); layer++) {
            // into its input's memory; a scatter would copy all of it
            all = tf.inplaceUpdate(all, tf.array(layer),
                    tf.expandDims(Types.cast(tf, layers.get(layer), type), tf.constant(0)));
        }
        return all;
    }
}
