package io.instructseg.model.swin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

import io.instructseg.format.Precision;
import io.instructseg.model.graph.Block;
import io.instructseg.model.graph.Weight;
import io.instructseg.model.graph.Weights;

/** The attention of a block on sides and windows that the goldens don't have, against the official code redone in double. */
class SwinBlockTest {

    private static final int CHANNELS = 6;
    private static final int HEADS = 2;

    private final Random random = new Random(7);
    private final Map<String, float[]> values = new HashMap<>();

    @ParameterizedTest
    @CsvSource({ "1, 2, 1", "1, 7, 3", "2, 5, 2", "3, 7, 3", "6, 3, 1", "7, 3, 1", "9, 4, 2", "8, 4, 2", "9, 4, 0", "3, 5, 0" })
    void attendsAsTheOfficialBlock(int side, int windowSize, int shift) {
        float[] x = random(side * side * CHANNELS);
        float[] actual = run(x, side, windowSize, shift);
        double[] expected = new ReferenceBlock(values, side, windowSize, shift, HEADS).apply(x);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("value " + i).isCloseTo(expected[i], within(2e-5));
        }
    }

    private float[] run(float[] x, int side, int windowSize, int shift) {
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Weights weights = new Weights(tf, Precision.FLOAT32);
            Shape shape = Shape.of(Shape.UNKNOWN_SIZE, side, side, CHANNELS);
            Operand<TFloat32> input = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
            SwinBlock block = new SwinBlock(Block.root(tf, weights), "block", HEADS, 4);
            Operand<TFloat32> output = block.apply(input, new WindowPartition(tf, side, windowSize, shift, HEADS),
                    new RelativePositions(tf, windowSize));
            weights.declared().forEach(weight -> assign(session, tf, weight));
            float[] result = new float[x.length];
            try (TFloat32 data = TFloat32.tensorOf(Shape.of(1, side, side, CHANNELS), DataBuffers.of(x));
                    TFloat32 fetched = (TFloat32) session.runner().feed(input, data).fetch(output).run().get(0)) {
                fetched.copyTo(DataBuffers.of(result, false, false));
            }
            return result;
        }
    }

    private void assign(Session session, Ops tf, Weight weight) {
        Shape shape = Shape.of(weight.shape().stream().mapToLong(Long::longValue).toArray());
        // no feed-forward: the goldens cover it, and what is left is the attention
        float[] value = weight.name().startsWith("mlp.fc2") ? new float[(int) shape.size()] : random((int) shape.size());
        values.put(weight.name(), value);
        Operand<?> handle = tf.scope().env() instanceof Graph graph
                ? graph.operation("variables/" + weight.name()).output(0)
                : null;
        Operand<TFloat32> input = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
        try (TFloat32 data = TFloat32.tensorOf(shape, DataBuffers.of(value))) {
            session.runner().feed(input, data).addTarget(tf.assignVariableOp(handle, input)).run().close();
        }
    }

    private float[] random(int size) {
        float[] result = new float[size];
        for (int i = 0; i < size; i++) {
            result[i] = (float) random.nextGaussian();
        }
        return result;
    }
}
