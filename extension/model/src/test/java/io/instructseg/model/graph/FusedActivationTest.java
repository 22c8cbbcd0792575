package io.instructseg.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

import io.instructseg.format.Precision;

/** A GELU is one operation with its product; no activation hides that something is broken. */
class FusedActivationTest {

    private static final int WIDTH = 64;

    static Stream<Arguments> fused() {
        return Stream.of(Precision.FLOAT32, Precision.BFLOAT16).flatMap(precision -> Stream.of(
                Arguments.of(precision, (Activation) Activations::gelu),
                Arguments.of(precision, (Activation) Activations::geluTanh)));
    }

    static Stream<Arguments> activations() {
        return Stream.concat(fused(), Stream.of(Precision.values())
                .map(precision -> Arguments.of(precision, (Activation) Activations::relu)));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void whatIsNoNumberStaysNone(Precision precision, Activation activation) {
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Operand<TFloat32> x = input(graph);
            Operand<TFloat32> y = feedForward(graph, session, precision, activation, x);
            float[] values = new float[2 * WIDTH];
            values[WIDTH + 7] = Float.NaN;
            try (TFloat32 input = TFloat32.tensorOf(Shape.of(1, 2, WIDTH), DataBuffers.of(values));
                    Result result = session.runner().feed(x, input).fetch(y).run()) {
                TFloat32 output = (TFloat32) result.get(0);
                for (int i = 0; i < WIDTH; i++) {
                    assertThat(output.getFloat(0, 0, i)).isFinite();
                    assertThat(output.getFloat(0, 1, i)).isNaN();
                }
            }
        }
    }

    /** Where TensorFlow runs products by oneDNN, as on x86-64: the activation is no operation of its own any more. */
    @ParameterizedTest
    @MethodSource("fused")
    void isOneOperationWithItsProduct(Precision precision, Activation activation) {
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Operand<TFloat32> x = input(graph);
            Operand<TFloat32> y = feedForward(graph, session, precision, activation, x);
            try (TFloat32 input = TFloat32.tensorOf(Shape.of(1, 2, WIDTH))) {
                List<String> operations = operations(session.runner().feed(x, input).fetch(y));
                if (operations.stream().anyMatch(operation -> operation.startsWith("_MklNativeFusedMatMul"))) {
                    assertThat(operations).doesNotContain("Tanh", "Erf", "BiasAdd", "Square");
                } else {
                    assertThat(operations).contains("MatMul");
                }
            }
        }
    }

    private static Operand<TFloat32> input(Graph graph) {
        return Ops.create(graph).placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, 2, WIDTH)));
    }

    private static Operand<TFloat32> feedForward(Graph graph, Session session, Precision precision, Activation activation,
            Operand<TFloat32> x) {
        Ops tf = Ops.create(graph);
        Weights weights = new Weights(tf, precision);
        Block block = Block.root(tf.withSubScope("block"), weights);
        Operand<TFloat32> y = block.feedForward("fc1", x, WIDTH, activation, "fc2", WIDTH);
        for (Weight weight : weights.declared()) {
            assign(session, tf, weight);
        }
        return y;
    }

    private static void assign(Session session, Ops tf, Weight weight) {
        Operand<?> handle = session.graph().operation("variables/" + weight.name()).output(0);
        long[] shape = weight.shape().stream().mapToLong(Long::longValue).toArray();
        Operand<? extends TNumber> ones = Types.cast(tf, tf.fill(tf.constant(shape), tf.constant(1f)), weight.type());
        session.runner().addTarget(tf.assignVariableOp(handle, ones)).run().close();
    }

    /** What a step ran, by kind. */
    private static List<String> operations(Session.Runner runner) {
        RunOptions options = RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
        try (Result result = runner.setOptions(options).runAndFetchMetadata()) {
            RunMetadata metadata = result.getMetadata().orElseThrow();
            // a label reads "name = kind(inputs)"
            return metadata.getStepStats().getDevStatsList().stream().flatMap(device -> device.getNodeStatsList().stream())
                    .map(node -> node.getTimelineLabel().replaceAll("^.* = |\\(.*$", "")).toList();
        }
    }
}
