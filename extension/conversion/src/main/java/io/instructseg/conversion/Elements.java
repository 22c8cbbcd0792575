package io.instructseg.conversion;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.instructseg.format.Precision;

/** Elements in a model's precision, as the machine has them. */
final class Elements {

    private final Precision precision;
    private final ByteBuffer bytes;

    /** @param bytes backed by an array; all of it is used */
    Elements(Precision precision, ByteBuffer bytes) {
        this.precision = precision;
        this.bytes = bytes.order(ByteOrder.nativeOrder());
    }

    /** How many there is space for. */
    int size() {
        return bytes.capacity() / precision.bytes();
    }

    /** The first so many elements. */
    ByteBuffer first(int count) {
        return bytes.duplicate().clear().limit(count * precision.bytes());
    }

    /**
     * Casts numbers.
     *
     * @return how many of them are not finite, there or in this precision
     */
    int put(float[] values, int from, int count, int index) {
        return switch (precision) {
            case FLOAT32 -> putFloat32(values, from, count, index);
            case BFLOAT16 -> putBfloat16(values, from, count, index);
            case FLOAT16 -> putFloat16(values, from, count, index);
        };
    }

    private int putFloat32(float[] values, int from, int count, int index) {
        int notFinite = 0;
        for (int i = 0; i < count; i++) {
            float value = values[from + i];
            notFinite += Float.isFinite(value) ? 0 : 1;
            bytes.putFloat(4 * (index + i), value);
        }
        return notFinite;
    }

    private int putBfloat16(float[] values, int from, int count, int index) {
        int notFinite = 0;
        for (int i = 0; i < count; i++) {
            short bits = LowPrecision.toBfloat16(values[from + i]);
            notFinite += (bits & LowPrecision.BFLOAT16_EXPONENT) == LowPrecision.BFLOAT16_EXPONENT ? 1 : 0;
            bytes.putShort(2 * (index + i), bits);
        }
        return notFinite;
    }

    private int putFloat16(float[] values, int from, int count, int index) {
        int notFinite = 0;
        for (int i = 0; i < count; i++) {
            short bits = LowPrecision.toFloat16(values[from + i]);
            notFinite += (bits & LowPrecision.FLOAT16_EXPONENT) == LowPrecision.FLOAT16_EXPONENT ? 1 : 0;
            bytes.putShort(2 * (index + i), bits);
        }
        return notFinite;
    }

    /** Takes every {@code stride}-th of other elements of the same precision. */
    void gather(Elements source, int from, int stride, int count, int index) {
        if (precision.bytes() == 2) {
            for (int i = 0; i < count; i++) {
                bytes.putShort(2 * (index + i), source.bytes.getShort(2 * (from + i * stride)));
            }
        } else {
            for (int i = 0; i < count; i++) {
                bytes.putInt(4 * (index + i), source.bytes.getInt(4 * (from + i * stride)));
            }
        }
    }
}
