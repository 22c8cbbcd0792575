package io.instructseg.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.BiFunction;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Precision;

/** An activation that TensorFlow fuses with its product must not hide that something is broken. */
class FusedActivationTest {

    private static final int WIDTH = 64;

    static Stream<BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>>> activations() {
        return Stream.of(Activations::gelu, Activations::geluTanh);
    }

    @ParameterizedTest
    @MethodSource("activations")
    void whatIsNoNumberStaysNone(BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> activation) {
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Block block = Block.root(tf.withSubScope("block"), new Weights(tf, Precision.FLOAT32));
            Operand<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, 2, WIDTH)));
            Operand<TFloat32> y = block.linear("fc", x, WIDTH, value -> activation.apply(tf, value));
            assign(session, tf, "fc.weight", Shape.of(WIDTH, WIDTH));
            assign(session, tf, "fc.bias", Shape.of(WIDTH));
            float[] values = new float[2 * WIDTH];
            values[WIDTH + 7] = Float.NaN;
            try (TFloat32 input = TFloat32.tensorOf(Shape.of(1, 2, WIDTH), DataBuffers.of(values));
                    Tensor output = session.runner().feed(x, input).fetch(y).run().get(0)) {
                for (int i = 0; i < WIDTH; i++) {
                    assertThat(((TFloat32) output).getFloat(0, 0, i)).isFinite();
                    assertThat(((TFloat32) output).getFloat(0, 1, i)).isNaN();
                }
            }
        }
    }

    private static void assign(Session session, Ops tf, String weight, Shape shape) {
        Operand<?> handle = session.graph().operation("variables/" + weight).output(0);
        Operand<TFloat32> ones = tf.fill(tf.constant(shape), tf.constant(1f));
        session.runner().addTarget(tf.assignVariableOp(handle, ones)).run().close();
    }
}
