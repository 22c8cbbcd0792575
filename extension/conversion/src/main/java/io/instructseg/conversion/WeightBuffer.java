package io.instructseg.conversion;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

import io.instructseg.format.Precision;
import io.instructseg.model.graph.Weight;

/**
 * Takes a weight's elements in PyTorch's order and puts them where the graph wants them, in its precision. Counts the
 * elements that the precision can't hold.
 */
final class WeightBuffer {

    private final Precision precision;
    private final ByteBuffer elements;
    /** The checkpoint's axes: their sizes, and how far apart their elements lie in the graph's layout. */
    private final int[] sizes;
    private final int[] strides;
    private int next;
    private long notFinite;

    WeightBuffer(Weight weight, ByteBuffer elements) {
        this.precision = weight.precision();
        this.elements = elements.order(ByteOrder.nativeOrder());
        this.sizes = weight.checkpointShape().stream().mapToInt(Math::toIntExact).toArray();
        this.strides = strides(weight);
    }

    /** Elements that are not finite, in the file or in the model's precision. */
    long notFinite() {
        return notFinite;
    }

    void put(FloatBuffer chunk) {
        int last = sizes.length - 1;
        int run = sizes.length == 0 ? 1 : sizes[last];
        int stride = sizes.length == 0 ? 1 : strides[last];
        while (chunk.hasRemaining()) {
            int column = next % run;
            int count = Math.min(run - column, chunk.remaining());
            int target = offset(next / run) + column * stride;
            for (int i = 0; i < count; i++) {
                put(target + i * stride, chunk.get());
            }
            next += count;
        }
    }

    /** Where the first element of a run along the last axis goes. */
    private int offset(int run) {
        int offset = 0;
        int rest = run;
        for (int axis = sizes.length - 2; axis >= 0; axis--) {
            offset += rest % sizes[axis] * strides[axis];
            rest /= sizes[axis];
        }
        return offset;
    }

    private void put(int index, float value) {
        switch (precision) {
            case FLOAT32 -> {
                notFinite += Float.isFinite(value) ? 0 : 1;
                elements.putFloat(4 * index, value);
            }
            case BFLOAT16 -> put(index, LowPrecision.toBfloat16(value), LowPrecision.BFLOAT16_EXPONENT);
            case FLOAT16 -> put(index, LowPrecision.toFloat16(value), LowPrecision.FLOAT16_EXPONENT);
        }
    }

    private void put(int index, short bits, int exponent) {
        notFinite += (bits & exponent) == exponent ? 1 : 0;
        elements.putShort(2 * index, bits);
    }

    private static int[] strides(Weight weight) {
        List<Long> shape = weight.checkpointShape();
        return switch (weight.layout()) {
            case SAME -> contiguous(shape);
            case LINEAR -> new int[] { 1, size(shape, 0) };
            case POINTWISE -> new int[] { 1, size(shape, 0), 0, 0 };
            case CONVOLUTION -> new int[] { 1, size(shape, 0), size(shape, 3) * size(shape, 1) * size(shape, 0),
                    size(shape, 1) * size(shape, 0) };
        };
    }

    private static int[] contiguous(List<Long> shape) {
        int[] strides = new int[shape.size()];
        int stride = 1;
        for (int axis = strides.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= size(shape, axis);
        }
        return strides;
    }

    private static int size(List<Long> shape, int axis) {
        return Math.toIntExact(shape.get(axis));
    }
}
