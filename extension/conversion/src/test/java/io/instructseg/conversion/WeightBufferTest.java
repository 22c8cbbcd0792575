package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.instructseg.format.Precision;
import io.instructseg.model.graph.Layout;
import io.instructseg.model.graph.Weight;

class WeightBufferTest {

    static Stream<Arguments> weights() {
        return Stream.of(Arguments.of(Layout.SAME, List.of()), Arguments.of(Layout.SAME, List.of(7L)),
                Arguments.of(Layout.SAME, List.of(0L)), Arguments.of(Layout.SAME, List.of(3L, 0L)),
                Arguments.of(Layout.SAME, List.of(3L, 5L)), Arguments.of(Layout.SAME, List.of(2L, 3L, 4L, 5L)),
                Arguments.of(Layout.LINEAR, List.of(3L, 5L)), Arguments.of(Layout.LINEAR, List.of(1L, 6L)),
                Arguments.of(Layout.LINEAR, List.of(6L, 1L)), Arguments.of(Layout.LINEAR, List.of(0L, 4L)),
                Arguments.of(Layout.POINTWISE, List.of(4L, 7L, 1L, 1L)),
                Arguments.of(Layout.POINTWISE, List.of(1L, 2L, 1L, 1L)),
                Arguments.of(Layout.CONVOLUTION, List.of(2L, 3L, 4L, 5L)),
                Arguments.of(Layout.CONVOLUTION, List.of(5L, 1L, 1L, 3L)),
                Arguments.of(Layout.CONVOLUTION, List.of(3L, 4L, 1L, 1L)));
    }

    /** Chunks of every length, so that borders fall anywhere in a row. */
    @ParameterizedTest
    @MethodSource("weights")
    void putsEachElementWhereTheGraphWantsIt(Layout layout, List<Long> shape) {
        float[] source = new float[(int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < source.length; i++) {
            source[i] = i + 0.5f;
        }
        for (int chunk = 1; chunk <= source.length + 1; chunk++) {
            ByteBuffer elements = ByteBuffer.allocate(4 * source.length);
            WeightBuffer buffer = new WeightBuffer(new Weight("w", shape, layout, Precision.FLOAT32), elements);
            for (int from = 0; from < source.length; from += chunk) {
                buffer.put(FloatBuffer.wrap(source, from, Math.min(chunk, source.length - from)));
            }
            float[] found = new float[source.length];
            elements.order(ByteOrder.nativeOrder()).asFloatBuffer().get(found);
            assertThat(found).as("chunks of %d", chunk).containsExactly(transposed(source, shape, layout));
            assertThat(buffer.notFinite()).isZero();
        }
    }

    @Test
    void countsWhatThePrecisionDoesNotHold() {
        float[] values = { 1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 70000, -70000, Float.MAX_VALUE,
                65519 };
        assertThat(notFinite(values, Precision.FLOAT32)).isEqualTo(3);
        assertThat(notFinite(values, Precision.BFLOAT16)).isEqualTo(4);
        assertThat(notFinite(values, Precision.FLOAT16)).isEqualTo(6);
    }

    @Test
    void writesHalvesInTheMachinesOrder() {
        ByteBuffer elements = ByteBuffer.allocate(8);
        new WeightBuffer(new Weight("w", List.of(2L, 2L), Layout.LINEAR, Precision.FLOAT16), elements)
                .put(FloatBuffer.wrap(new float[] { 1, 2, -0.5f, 65504 }));
        short[] found = new short[4];
        elements.order(ByteOrder.nativeOrder()).asShortBuffer().get(found);
        assertThat(found).containsExactly(0x3C00, 0xB800, 0x4000, 0x7BFF);
    }

    private static long notFinite(float[] values, Precision precision) {
        WeightBuffer buffer = new WeightBuffer(new Weight("w", List.of((long) values.length), Layout.SAME, precision),
                ByteBuffer.allocate(precision.bytes() * values.length));
        buffer.put(FloatBuffer.wrap(values));
        return buffer.notFinite();
    }

    /** By the definition of the layouts: an element's place in the result from its index. */
    private static float[] transposed(float[] source, List<Long> shape, Layout layout) {
        int[] axes = switch (layout) {
            case SAME -> new int[0];
            case LINEAR, POINTWISE -> new int[] { 1, 0 };
            case CONVOLUTION -> new int[] { 2, 3, 1, 0 };
        };
        if (layout == Layout.SAME) {
            return source;
        }
        int[] sizes = shape.stream().mapToInt(Long::intValue).toArray();
        float[] result = new float[source.length];
        for (int i = 0; i < source.length; i++) {
            int[] index = new int[sizes.length];
            int rest = i;
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                index[axis] = rest % sizes[axis];
                rest /= sizes[axis];
            }
            int place = Arrays.stream(axes).reduce(0, (sum, axis) -> sum * sizes[axis] + index[axis]);
            result[place] = source[i];
        }
        return result;
    }
}
