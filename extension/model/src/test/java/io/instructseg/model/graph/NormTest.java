package io.instructseg.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Precision;

/** The norms against their definition in float64, also where epsilon is all that counts. */
class NormTest {

    private static final int CHANNELS = 64;

    @ParameterizedTest
    @ValueSource(floats = { 1e-6f, 1e-5f })
    void layerNorm(float epsilon) {
        float[] values = values(3 * CHANNELS);
        float[] actual = run(values, Shape.of(3, CHANNELS), (block, x) -> block.layerNorm("norm", x, epsilon));
        for (int row = 0; row < 3; row++) {
            int[] own = new int[CHANNELS];
            for (int i = 0; i < CHANNELS; i++) {
                own[i] = row * CHANNELS + i;
            }
            assertNormal(values, actual, own, epsilon);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 4 })
    void groupNorm(int side) {
        float[] values = values(2 * side * side * CHANNELS);
        float[] actual = run(values, Shape.of(2, side, side, CHANNELS), (block, x) -> block.groupNorm("norm", x));
        int size = CHANNELS / 32;
        for (int picture = 0; picture < 2; picture++) {
            for (int group = 0; group < 32; group++) {
                int[] own = new int[side * side * size];
                for (int i = 0; i < own.length; i++) {
                    own[i] = (picture * side * side + i / size) * CHANNELS + group * size + i % size;
                }
                assertNormal(values, actual, own, 1e-5f);
            }
        }
    }

    /** {@code (x - mean) / sqrt(variance + epsilon)} of some elements; the norm's scale is 1 and its shift 0. */
    private static void assertNormal(float[] values, float[] actual, int[] own, float epsilon) {
        double mean = 0;
        for (int i : own) {
            mean += values[i] / (double) own.length;
        }
        double variance = 0;
        for (int i : own) {
            variance += (values[i] - mean) * (values[i] - mean) / own.length;
        }
        for (int i : own) {
            double expected = (values[i] - mean) / Math.sqrt(variance + epsilon);
            assertThat((double) actual[i]).isCloseTo(expected, within(1e-5 + 1e-4 * Math.abs(expected)));
        }
    }

    /** So little varied that epsilon decides: a standard deviation of 0.002, a variance of 4e-6. */
    private static float[] values(int count) {
        Random random = new Random(1);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (0.002 * random.nextGaussian());
        }
        return values;
    }

    private interface Norm {
        Operand<TFloat32> apply(Block block, Operand<TFloat32> x);
    }

    private static float[] run(float[] values, Shape shape, Norm norm) {
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Weights weights = new Weights(tf, Precision.FLOAT32);
            Operand<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
            Operand<TFloat32> y = norm.apply(Block.root(tf.withSubScope("block"), weights), x);
            assign(session, tf, "norm.weight", 1);
            assign(session, tf, "norm.bias", 0);
            try (TFloat32 input = TFloat32.tensorOf(shape, DataBuffers.of(values));
                    Tensor output = session.runner().feed(x, input).fetch(y).run().get(0)) {
                float[] result = new float[values.length];
                ((TFloat32) output).copyTo(NdArrays.wrap(shape, DataBuffers.of(result, false, false)));
                return result;
            }
        }
    }

    private static void assign(Session session, Ops tf, String weight, float value) {
        Operand<?> handle = session.graph().operation("variables/" + weight).output(0);
        Operand<TFloat32> values = tf.fill(tf.constant(new int[] { CHANNELS }), tf.constant(value));
        session.runner().addTarget(tf.assignVariableOp(handle, values)).run().close();
    }
}
