package io.instructseg.model.phi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

import io.instructseg.model.graph.Shapes;

/** Against attention of one position at a time, in float64, for prompts shorter than the blocks and of any remainder. */
class CausalAttentionTest {

    private static final int HEADS = 2;
    private static final int SIZE = 3;

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 4, 5, 7, 18 })
    void isThatOfEachPosition(int length) {
        Random random = new Random(length);
        float[] query = values(random, length);
        float[] key = values(random, length);
        float[] value = values(random, length);
        float[] actual = run(length, query, key, value);
        for (int head = 0; head < HEADS; head++) {
            for (int position = 0; position < length; position++) {
                double[] expected = attend(head * length, position, query, key, value);
                for (int i = 0; i < SIZE; i++) {
                    assertThat((double) actual[(head * length + position) * SIZE + i]).isCloseTo(expected[i], within(1e-5));
                }
            }
        }
    }

    /** @param first row of the head */
    private static double[] attend(int first, int position, float[] query, float[] key, float[] value) {
        double[] sum = new double[SIZE];
        double total = 0;
        for (int other = 0; other <= position; other++) {
            double logit = 0;
            for (int i = 0; i < SIZE; i++) {
                logit += query[(first + position) * SIZE + i] * (double) key[(first + other) * SIZE + i];
            }
            double weight = Math.exp(logit);
            total += weight;
            for (int i = 0; i < SIZE; i++) {
                sum[i] += weight * value[(first + other) * SIZE + i];
            }
        }
        for (int i = 0; i < SIZE; i++) {
            sum[i] /= total;
        }
        return sum;
    }

    private static float[] run(int length, float[] query, float[] key, float[] value) {
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> q = placeholder(tf);
            Operand<TFloat32> k = placeholder(tf);
            Operand<TFloat32> v = placeholder(tf);
            Operand<TFloat32> attended = new CausalAttention(tf, Shapes.size(tf, q, 2))
                    .attend(q, List.of(new KeyValueCache.KeyValue(k, v)));
            Shape shape = Shape.of(1, HEADS, length, SIZE);
            float[] values = new float[query.length];
            try (TFloat32 a = TFloat32.tensorOf(shape, DataBuffers.of(query));
                    TFloat32 b = TFloat32.tensorOf(shape, DataBuffers.of(key));
                    TFloat32 c = TFloat32.tensorOf(shape, DataBuffers.of(value));
                    Result result = session.runner().feed(q, a).feed(k, b).feed(v, c).fetch(attended).run()) {
                assertThat(result.get(0).shape()).isEqualTo(shape);
                ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
            }
            return values;
        }
    }

    private static Operand<TFloat32> placeholder(Ops tf) {
        return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, HEADS, -1, SIZE)));
    }

    private static float[] values(Random random, int length) {
        float[] values = new float[HEADS * length * SIZE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
