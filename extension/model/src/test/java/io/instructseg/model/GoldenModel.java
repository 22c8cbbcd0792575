package io.instructseg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Precision;
import io.instructseg.format.Signature;
import io.instructseg.model.graph.Weight;

/**
 * A golden model in a session, its weights assigned from the safetensors shards, so that each signature and each named tensor
 * in it can be compared with the official code's.
 */
final class GoldenModel implements AutoCloseable {

    static final Path GOLDEN = Path.of(System.getProperty("instructseg.test-data"), "golden");

    /** The recommended bound of golden/README.md: 8 times the worst that float32 costs the official code itself. */
    static final double TOLERANCE = 1e-4;

    private final Graph graph = new Graph();
    private final Session session;

    GoldenModel(String name, Hyperparameters hyperparameters) throws IOException {
        InstructSegGraph model = InstructSegGraph.build(graph, hyperparameters, Precision.FLOAT32);
        session = new Session(graph);
        Map<String, SafetensorsFile.Tensor> weights = new HashMap<>();
        try (Stream<Path> files = Files.list(GOLDEN.resolve(name))) {
            files.filter(file -> file.toString().endsWith(".safetensors")).forEach(file -> weights.putAll(read(file)));
        }
        List<TFloat32> data = new ArrayList<>();
        try {
            assign(model, weights, data);
        } finally {
            data.forEach(TFloat32::close);
        }
    }

    private static Map<String, SafetensorsFile.Tensor> read(Path file) {
        try {
            return new SafetensorsFile(file).tensors();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Assigns all weights in one run: TensorFlow goes through the whole graph again for each run of another kind. */
    private void assign(InstructSegGraph model, Map<String, SafetensorsFile.Tensor> weights, List<TFloat32> data) {
        Ops tf = Ops.create(graph).withSubScope("test");
        List<Operand<TFloat32>> values = new ArrayList<>();
        List<Op> assignments = new ArrayList<>();
        for (Weight weight : model.weights()) {
            SafetensorsFile.Tensor tensor = weights.get(weight.name());
            assertThat(tensor).as(weight.name()).isNotNull();
            assertThat(tensor.shape()).as(weight.name())
                    .isEqualTo(weight.checkpointShape().stream().mapToLong(Long::longValue).toArray());
            Operand<TFloat32> value = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(tensor.shape())));
            Operand<?> handle = graph.operation("variables/" + weight.name()).output(0);
            values.add(value);
            assignments.add(tf.assignVariableOp((Operand<?>) handle, arrange(tf, value, weight)));
            data.add(TFloat32.tensorOf(Shape.of(tensor.shape()), DataBuffers.of(tensor.floats())));
        }
        Session.Runner runner = session.runner();
        for (int i = 0; i < values.size(); i++) {
            runner.feed(values.get(i), data.get(i));
        }
        assignments.forEach(assignment -> runner.addTarget(assignment));
        runner.run().close();
    }

    private static Operand<TFloat32> arrange(Ops tf, Operand<TFloat32> value, Weight weight) {
        return switch (weight.layout()) {
            case SAME -> value;
            case LINEAR -> tf.linalg.transpose(value, tf.constant(new int[] { 1, 0 }));
            case POINTWISE -> tf.linalg.transpose(
                    tf.reshape(value, tf.constant(new int[] { weight.checkpointShape().get(0).intValue(), -1 })),
                    tf.constant(new int[] { 1, 0 }));
            case CONVOLUTION -> tf.linalg.transpose(value, tf.constant(new int[] { 2, 3, 1, 0 }));
        };
    }

    /** Runs a signature; keys are its inputs, values host tensors of this class's making. */
    Outputs run(Signature signature, Map<String, Tensor> inputs, List<String> tensors) {
        Session.Runner runner = session.runner();
        inputs.forEach((key, value) -> runner.feed(InstructSegGraph.placeholder(signature, key), value));
        tensors.forEach(name -> runner.fetch(InstructSegGraph.operation(signature, name)));
        Map<String, float[]> values = new HashMap<>();
        try (Result result = runner.run()) {
            for (int i = 0; i < tensors.size(); i++) {
                values.put(tensors.get(i), floats(result.get(i)));
            }
        }
        return new Outputs(values);
    }

    static float[] floats(Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.numBytes())).order(ByteOrder.nativeOrder());
        tensor.asRawTensor().data().read(bytes.array());
        float[] values = new float[Math.toIntExact(tensor.shape().size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor instanceof TFloat32 ? bytes.getFloat() : tensor instanceof TInt32 ? bytes.getInt() : bytes.get();
        }
        return values;
    }

    static TFloat32 floats(float[] values, long... shape) {
        return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values));
    }

    static TInt32 ints(int[] values, long... shape) {
        return TInt32.tensorOf(Shape.of(shape), DataBuffers.of(values));
    }

    static TUint8 bytes(byte[] values, long... shape) {
        return TUint8.tensorOf(Shape.of(shape), DataBuffers.of(values));
    }

    static SafetensorsFile golden(String model, String testCase, String stage) throws IOException {
        return new SafetensorsFile(GOLDEN.resolve(model).resolve("cases").resolve(testCase).resolve(stage + ".safetensors"));
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }

    /** What a run gave, by the tensors' names. */
    record Outputs(Map<String, float[]> values) {

        /** Asserts that a tensor is the official one: max error / RMS within the tolerance. */
        void assertMatches(String name, float[] expected) {
            float[] actual = values.get(name);
            assertThat(actual).as(name).hasSameSizeAs(expected);
            double squares = 0;
            double worst = 0;
            for (int i = 0; i < expected.length; i++) {
                squares += (double) expected[i] * expected[i];
                double error = Math.abs(actual[i] - (double) expected[i]);
                worst = error <= worst ? worst : Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
            }
            double rms = Math.sqrt(squares / expected.length);
            assertThat(worst / rms).as("max error / RMS of " + name).isLessThanOrEqualTo(TOLERANCE);
        }
    }

    /** A feature map {@code [b, c, h, w]} in the order of {@code [b, h, w, c]}. */
    static float[] channelsLast(SafetensorsFile.Tensor map) {
        float[] values = map.floats();
        int batch = (int) map.shape()[0];
        int channels = (int) map.shape()[1];
        int area = values.length / batch / channels;
        float[] result = new float[values.length];
        for (int b = 0; b < batch; b++) {
            for (int c = 0; c < channels; c++) {
                for (int i = 0; i < area; i++) {
                    result[(b * area + i) * channels + c] = values[(b * channels + c) * area + i];
                }
            }
        }
        return result;
    }
}
