package io.instructseg.model.phi;

import java.util.ArrayList;
import java.util.List;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.model.graph.Shapes;

/**
 * The keys and values that later tokens attend to (transformers' {@code DynamicCache}), layer by layer while the layers are
 * built: parts that come with a run, in order, and behind them what the run adds. The parts are never put together, so that a
 * long one is not copied for each new token.
 */
public final class KeyValueCache {

    private final Ops tf;
    private final Operand<TInt32> length;
    /** By layer. */
    private final List<List<KeyValue>> given;
    private final List<KeyValue> added = new ArrayList<>();

    /**
     * Rotated keys, and values, {@code [b, heads, tokens, d]}; of all layers {@code [layers, b, heads, tokens, d]}.
     */
    public record KeyValue(Operand<TFloat32> keys, Operand<TFloat32> values) {

        /** This one's tokens and then the other's. */
        public KeyValue followedBy(Ops tf, KeyValue next) {
            Operand<TInt32> tokens = tf.constant(keys.shape().numDimensions() - 2);
            return new KeyValue(tf.concat(List.of(keys, next.keys), tokens), tf.concat(List.of(values, next.values), tokens));
        }
    }

    private KeyValueCache(Ops tf, Operand<TInt32> length, List<List<KeyValue>> given) {
        this.tf = tf;
        this.length = length;
        this.given = given;
    }

    /** Before the first token. */
    public static KeyValueCache empty(Ops tf) {
        return new KeyValueCache(tf, tf.constant(0), List.of());
    }

    /** @param parts of all layers, in the order of their tokens */
    public static KeyValueCache of(Ops tf, List<KeyValue> parts) {
        List<List<KeyValue>> layers = new ArrayList<>();
        for (int layer = 0; layer < Shapes.known(parts.get(0).keys(), 0); layer++) {
            layers.add(new ArrayList<>());
        }
        Operand<TInt32> length = tf.constant(0);
        for (KeyValue part : parts) {
            length = tf.math.add(length, Shapes.size(tf, part.keys(), 3));
            List<Output<TFloat32>> keys = layers(tf, part.keys());
            List<Output<TFloat32>> values = layers(tf, part.values());
            for (int layer = 0; layer < layers.size(); layer++) {
                layers.get(layer).add(new KeyValue(keys.get(layer), values.get(layer)));
            }
        }
        return new KeyValueCache(tf, length, layers);
    }

    /** Along the first axis, TensorFlow's slices share the memory of the whole. */
    private static List<Output<TFloat32>> layers(Ops tf, Operand<TFloat32> all) {
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
        List<KeyValue> all = isEmpty() ? new ArrayList<>() : new ArrayList<>(given.get(added.size()));
        added.add(own);
        all.add(own);
        return all;
    }

    /**
     * What the run has added, of all layers. Each is copied as soon as it is there: waiting side by side until all of them can
     * be put together, they would take as much memory again.
     */
    public KeyValue added() {
        return new KeyValue(together(added.stream().map(KeyValue::keys).toList()),
                together(added.stream().map(KeyValue::values).toList()));
    }

    /** {@code [b, heads, tokens, d]} of each layer to {@code [layers, b, heads, tokens, d]}. */
    private Operand<TFloat32> together(List<Operand<TFloat32>> layers) {
        List<Object> shape = new ArrayList<>(List.of(layers.size()));
        shape.addAll(List.of(Shapes.sizes(tf, layers.get(0))));
        Operand<TFloat32> all = tf.empty(Shapes.of(tf, shape.toArray()), TFloat32.class);
        for (int layer = 0; layer < layers.size(); layer++) {
            // into its input's memory; a scatter would copy all of it
            all = tf.inplaceUpdate(all, tf.array(layer), tf.expandDims(layers.get(layer), tf.constant(0)));
        }
        return all;
    }
}
