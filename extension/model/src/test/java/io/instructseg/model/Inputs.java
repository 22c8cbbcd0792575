package io.instructseg.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Signature;

/** Float inputs of a signature as arrays, to be batched, and outputs of batches taken apart. */
final class Inputs {

    record Array(float[] values, long... shape) {

        Array reversed() {
            float[] reversed = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                reversed[i] = values[values.length - 1 - i];
            }
            return new Array(reversed, shape);
        }

        /** With another array of one item behind this one's. */
        Array and(Array other) {
            float[] both = Arrays.copyOf(values, values.length + other.values.length);
            System.arraycopy(other.values, 0, both, values.length, other.values.length);
            long[] size = shape.clone();
            size[0] += other.shape[0];
            return new Array(both, size);
        }
    }

    private Inputs() {
    }

    /** A golden feature map, channels last. */
    static Array map(SafetensorsFile.Tensor map) {
        long[] shape = map.shape();
        return new Array(GoldenModel.channelsLast(map), shape[0], shape[2], shape[3], shape[1]);
    }

    static Map<String, Array> stack(Map<String, Array> first, Map<String, Array> second) {
        Map<String, Array> both = new HashMap<>();
        first.forEach((name, array) -> both.put(name, array.and(second.get(name))));
        return both;
    }

    static GoldenModel.Outputs run(GoldenModel model, Signature signature, Map<String, Array> inputs, List<String> names) {
        Map<String, Tensor> tensors = new HashMap<>();
        try {
            inputs.forEach((name, array) -> tensors.put(name, tensor(array)));
            return model.run(signature, tensors, names);
        } finally {
            tensors.values().forEach(Tensor::close);
        }
    }

    private static TFloat32 tensor(Array array) {
        return GoldenModel.floats(array.values(), array.shape());
    }

    /** Asserts that an item of a batch is what the run of this item alone gave. */
    static void assertItem(GoldenModel.Outputs batch, int item, GoldenModel.Outputs single) {
        single.values().forEach((name, expected) -> {
            float[] values = batch.values().get(name);
            float[] part = Arrays.copyOfRange(values, item * expected.length, (item + 1) * expected.length);
            new GoldenModel.Outputs(Map.of(name, part)).assertMatches(name, expected);
        });
    }
}
