package io.instructseg.model.mask2former;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Against {@code grid_sample}'s definition (bilinear, zeros, {@code align_corners=False}), in doubles and pixel by pixel. */
class DeformableSamplingTest {

    private static final List<Integer> SIDES = List.of(1, 3, 6, 2);
    private static final int PIXELS = 1 + 9 + 36 + 4;
    private static final int BATCH = 2;
    private static final int HEADS = 3;
    private static final int SIZE = 5;
    private static final int POINTS = 2;
    private static final int QUERIES = 40;
    private static final int LEVELS = 4;
    /** What 7 queries look up: 40 are no multiple. */
    private static final long CHUNK_BYTES = 7L * HEADS * LEVELS * POINTS * 4 * SIZE * Float.BYTES;

    private final Random random = new Random(7);
    private final float[] values = normal(BATCH * PIXELS * HEADS * SIZE);
    private final float[] weights = normal(BATCH * QUERIES * HEADS * LEVELS * POINTS);

    @Test
    void insideTheMaps() {
        assertSampled(side -> random.nextDouble());
    }

    @Test
    void exactlyOnPixelCentres() {
        assertSampled(side -> (random.nextInt(side) + 0.5) / side);
    }

    @Test
    void betweenTheOutermostCentresAndTheFrame() {
        assertSampled(side -> (random.nextBoolean() ? random.nextDouble() - 1 : side - random.nextDouble()) / side);
    }

    @Test
    void exactlyOnEdgesAndOnTheFramesCentres() {
        double[] pixels = { -0.5, 0, 0.5 };
        assertSampled(side -> (pixels[random.nextInt(3)] + (random.nextBoolean() ? 0 : side)) / side);
    }

    @Test
    void farOutsideThereIsNothing() {
        double[] far = { -1e30, -1e6, -2, 3, 1e6, 1e30 };
        assertSampled(side -> far[random.nextInt(6)]);
    }

    @Test
    void oneAxisInsideAndOneAnywhere() {
        assertSampled(side -> random.nextBoolean() ? random.nextDouble() : 6 * random.nextDouble() - 3);
    }

    private interface Coordinate {

        /** From 0 to 1 over a map of this side. */
        double over(int side);
    }

    private void assertSampled(Coordinate coordinate) {
        float[] locations = new float[weights.length * 2];
        for (int i = 0; i < locations.length; i++) {
            locations[i] = (float) coordinate.over(SIDES.get(i / 2 / POINTS % LEVELS));
        }
        float[] actual = run(locations, CHUNK_BYTES);
        assertThat(run(locations, 1 << 20)).isEqualTo(actual);
        double[] expected = expected(locations);
        assertThat(actual).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            // values and weights are about 1, a result has 8 terms of 4 pixels
            assertThat((double) actual[i]).as("value %d", i).isCloseTo(expected[i], within(1e-5));
        }
    }

    private float[] run(float[] locations, long chunkBytes) {
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> sampled = new DeformableSampling(tf, SIDES, HEADS, SIZE, POINTS, chunkBytes).sample(
                    constant(tf, values, BATCH, PIXELS, HEADS, SIZE),
                    constant(tf, locations, BATCH, QUERIES, HEADS, LEVELS, POINTS, 2),
                    constant(tf, weights, BATCH, QUERIES, HEADS, LEVELS, POINTS));
            try (TFloat32 result = (TFloat32) session.runner().fetch(sampled).run().get(0)) {
                assertThat(result.shape()).isEqualTo(Shape.of(BATCH, QUERIES, HEADS * SIZE));
                float[] copy = new float[BATCH * QUERIES * HEADS * SIZE];
                result.copyTo(NdArrays.wrap(result.shape(), DataBuffers.of(copy)));
                return copy;
            }
        }
    }

    private static Operand<TFloat32> constant(Ops tf, float[] values, long... shape) {
        return tf.constant(Shape.of(shape), DataBuffers.of(values));
    }

    private double[] expected(float[] locations) {
        double[] sums = new double[BATCH * QUERIES * HEADS * SIZE];
        for (int i = 0; i < weights.length; i++) {
            int level = i / POINTS % LEVELS;
            int head = i / POINTS / LEVELS % HEADS;
            int row = i / POINTS / LEVELS / HEADS;
            for (int c = 0; c < SIZE; c++) {
                double value = gridSample(row / QUERIES, level, head, c, locations[2 * i], locations[2 * i + 1]);
                sums[(row * HEADS + head) * SIZE + c] += weights[i] * value;
            }
        }
        return sums;
    }

    private double gridSample(int item, int level, int head, int channel, float x, float y) {
        int side = SIDES.get(level);
        // the product of float32 and a small integer is exact in doubles
        double column = (double) x * side - 0.5;
        double line = (double) y * side - 0.5;
        double sum = 0;
        for (int v = 0; v < side; v++) {
            for (int u = 0; u < side; u++) {
                double share = Math.max(0, 1 - Math.abs(column - u)) * Math.max(0, 1 - Math.abs(line - v));
                sum += share * pixel(item, level, v * side + u, head, channel);
            }
        }
        return sum;
    }

    private double pixel(int item, int level, int pixel, int head, int channel) {
        int start = 0;
        for (int below = 0; below < level; below++) {
            start += SIDES.get(below) * SIDES.get(below);
        }
        return values[((item * PIXELS + start + pixel) * HEADS + head) * SIZE + channel];
    }

    private float[] normal(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
