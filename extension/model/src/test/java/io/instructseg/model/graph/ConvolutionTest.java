package io.instructseg.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Precision;

/** A 3x3 convolution against its definition in float64, on two pictures that are no squares. */
class ConvolutionTest {

    private static final Shape INPUT = Shape.of(2, 3, 5, 4);
    private static final Shape KERNEL = Shape.of(3, 3, 4, 6);
    private static final Shape OUTPUT = Shape.of(2, 3, 5, 6);

    private final Random random = new Random(3);
    private final float[] pixels = normal(INPUT);
    private final float[] kernel = normal(KERNEL);
    private final float[] bias = normal(Shape.of(6));

    /** All three rows at once, two and then one, one after the other; each takes 240 bytes. */
    @ParameterizedTest
    @ValueSource(longs = { 1 << 20, 500, 240, 1 })
    void isThatOfEachPixelsNeighbours(long bandBytes) {
        float[] actual = run(bandBytes);
        assertThat(actual).hasSize((int) OUTPUT.size());
        for (int i = 0; i < actual.length; i++) {
            // 36 terms of about 1
            assertThat((double) actual[i]).as("value %d", i).isCloseTo(expected(i), within(1e-4));
        }
    }

    private double expected(int index) {
        int channel = index % 6;
        int column = index / 6 % 5;
        int row = index / 6 / 5 % 3;
        int picture = index / 6 / 5 / 3;
        double sum = bias[channel];
        for (int y = Math.max(0, row - 1); y <= Math.min(2, row + 1); y++) {
            for (int x = Math.max(0, column - 1); x <= Math.min(4, column + 1); x++) {
                for (int in = 0; in < 4; in++) {
                    sum += (double) pixels[((picture * 3 + y) * 5 + x) * 4 + in]
                            * kernel[(((y - row + 1) * 3 + x - column + 1) * 4 + in) * 6 + channel];
                }
            }
        }
        return sum;
    }

    private float[] run(long bandBytes) {
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Block block = Block.root(tf.withSubScope("block"), new Weights(tf, Precision.FLOAT32));
            Operand<TFloat32> map = block.convolution("layer", constant(tf, pixels, INPUT), 6, bandBytes);
            assign(session, tf, "layer.weight", constant(tf, kernel, KERNEL));
            assign(session, tf, "layer.bias", constant(tf, bias, Shape.of(6)));
            try (TFloat32 result = (TFloat32) session.runner().fetch(map).run().get(0)) {
                assertThat(result.shape()).isEqualTo(OUTPUT);
                float[] copy = new float[(int) OUTPUT.size()];
                result.copyTo(NdArrays.wrap(OUTPUT, DataBuffers.of(copy)));
                return copy;
            }
        }
    }

    private static void assign(Session session, Ops tf, String weight, Operand<TFloat32> value) {
        Operand<?> handle = session.graph().operation("variables/" + weight).output(0);
        session.runner().addTarget(tf.assignVariableOp(handle, value)).run().close();
    }

    private static Operand<TFloat32> constant(Ops tf, float[] values, Shape shape) {
        return tf.constant(shape, DataBuffers.of(values));
    }

    private float[] normal(Shape shape) {
        float[] numbers = new float[(int) shape.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
