package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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

    /** Chunks of every length, so that borders fall anywhere in a row; blocks that hold all, a part, or a row. */
    @ParameterizedTest
    @MethodSource("weights")
    void putsEachElementWhereTheGraphWantsIt(Layout layout, List<Long> shape) throws IOException {
        float[] source = new float[(int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < source.length; i++) {
            source[i] = i + 0.5f;
        }
        Weight weight = new Weight("w", shape, layout, Precision.FLOAT32);
        int row = layout == Layout.SAME ? 1 : shape.get(0).intValue();
        for (int block : new int[] { source.length, source.length / 2, row + 1, row }) {
            WeightBuffer buffer = new WeightBuffer(4 * Math.max(row, block));
            for (int chunk = 1; chunk <= source.length + 1; chunk++) {
                ByteBuffer elements = ByteBuffer.allocate(4 * source.length);
                assertThat(buffer.convert(weight, chunks(source, chunk), elements::put)).isZero();
                float[] found = new float[source.length];
                elements.flip().order(ByteOrder.nativeOrder()).asFloatBuffer().get(found);
                assertThat(found).as("blocks of %d, chunks of %d", block, chunk)
                        .containsExactly(transposed(source, shape, layout));
            }
        }
    }

    @Test
    void aBlockHasRoomForARow() {
        Weight weight = new Weight("w", List.of(3L, 5L), Layout.LINEAR, Precision.FLOAT32);
        assertThatThrownBy(() -> new WeightBuffer(8).convert(weight, chunks(new float[15], 15), block -> {
        })).isInstanceOf(ConversionException.class).hasMessageContaining("w [3, 5]");
    }

    @Test
    void countsWhatThePrecisionDoesNotHold() throws IOException {
        float[] values = { 1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 70000, -70000, Float.MAX_VALUE,
                65519 };
        for (Layout layout : new Layout[] { Layout.SAME, Layout.LINEAR }) {
            assertThat(notFinite(values, layout, Precision.FLOAT32)).isEqualTo(3);
            assertThat(notFinite(values, layout, Precision.BFLOAT16)).isEqualTo(4);
            assertThat(notFinite(values, layout, Precision.FLOAT16)).isEqualTo(6);
        }
    }

    @Test
    void writesHalvesInTheMachinesOrder() throws IOException {
        ByteBuffer elements = ByteBuffer.allocate(8);
        new WeightBuffer(8).convert(new Weight("w", List.of(2L, 2L), Layout.LINEAR, Precision.FLOAT16),
                chunks(new float[] { 1, 2, -0.5f, 65504 }, 4), elements::put);
        short[] found = new short[4];
        elements.flip().order(ByteOrder.nativeOrder()).asShortBuffer().get(found);
        assertThat(found).containsExactly(0x3C00, 0xB800, 0x4000, 0x7BFF);
    }

    /** In two blocks, if the layout is not the checkpoint's: nothing is counted twice. */
    private static long notFinite(float[] values, Layout layout, Precision precision) throws IOException {
        Weight weight = new Weight("w", List.of(2L, values.length / 2L), layout, precision);
        return new WeightBuffer(precision.bytes() * values.length / 2).convert(weight, chunks(values, values.length), block -> {
        });
    }

    private static WeightBuffer.Reader chunks(float[] source, int length) {
        return consumer -> {
            for (int from = 0; from < source.length; from += length) {
                consumer.accept(FloatBuffer.wrap(source, from, Math.min(length, source.length - from)));
            }
        };
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
