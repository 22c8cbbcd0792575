package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.EagerSession;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;

import io.instructseg.format.Precision;
import io.instructseg.format.VariablesFormat;
import io.instructseg.model.graph.Layout;
import io.instructseg.model.graph.Weight;

class TensorBundleTest {

    @TempDir
    Path directory;

    /** The last written first: the gaps were never written at all. */
    @Test
    void eachWeightBeginsAtAMultipleOf64Bytes() throws IOException {
        List<Weight> weights = List.of(weight("c", 3), weight("a", 16), weight("b", 17), weight("d", 1));
        try (TensorBundle bundle = new TensorBundle(directory, weights)) {
            for (int i = weights.size() - 1; i >= 0; i--) {
                bundle.append(weights.get(i), ByteBuffer.wrap(elements(weights.get(i), i)));
            }
            bundle.finish();
        }
        ByteBuffer expected = ByteBuffer.allocate(256 + 4);
        int[] starts = { 0, 64, 128, 256 };
        for (int i = 0; i < weights.size(); i++) {
            expected.put(starts[i], elements(weights.get(i), i));
        }
        assertThat(Files.readAllBytes(directory.resolve("variables/variables.data-00000-of-00001")))
                .isEqualTo(expected.array());
        try (EagerSession eager = EagerSession.create()) {
            for (int i = 0; i < weights.size(); i++) {
                assertThat(restored(Ops.create(eager), directory, weights.get(i))).isEqualTo(elements(weights.get(i), i));
            }
        }
    }

    private static Weight weight(String name, long elements) {
        return new Weight(name, List.of(elements), Layout.SAME, Precision.FLOAT32);
    }

    private static byte[] elements(Weight weight, int index) {
        byte[] elements = new byte[(int) weight.bytes()];
        Arrays.fill(elements, (byte) (index + 1));
        return elements;
    }

    private static byte[] restored(Ops tf, Path model, Weight weight) {
        Tensor value = tf.train.restore(tf.constant(VariablesFormat.prefix(model).toString()), tf.array(weight.name()),
                tf.array(""), List.of(weight.type())).tensors().get(0).asTensor();
        byte[] bytes = new byte[(int) value.numBytes()];
        value.asRawTensor().data().read(bytes);
        return bytes;
    }
}
