package io.instructseg.checkpoint;

import java.nio.ByteBuffer;

/** Conversions from the elements of a file. Chunks are little-endian and hold whole elements. */
final class Numbers {

    private static final int HALF_FRACTION_BITS = 10;
    private static final int FLOAT_FRACTION_BITS = 23;
    private static final int FRACTION_SHIFT = FLOAT_FRACTION_BITS - HALF_FRACTION_BITS;
    private static final int HALF_MAX_EXPONENT = 31;
    private static final int BIAS_DIFFERENCE = 127 - 15;
    /** The value of the last bit of a subnormal half. */
    private static final float HALF_MIN_VALUE = 0x1p-24f;

    /** Of all halves: looking up takes half the time of computing, and large checkpoints are mostly this. */
    private static final float[] HALVES = new float[1 << 16];

    static {
        for (int half = 0; half < HALVES.length; half++) {
            HALVES[half] = halfToFloat((short) half);
        }
    }

    private Numbers() {
    }

    /** Converts a chunk of floating-point elements from index 0 on and returns their number. */
    static int toFloat32(DataType dataType, ByteBuffer chunk, float[] target) {
        int count = chunk.remaining() / dataType.byteSize();
        switch (dataType) {
            case FLOAT32 -> chunk.asFloatBuffer().get(target, 0, count);
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = HALVES[chunk.getShort() & 0xFFFF];
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = Float.intBitsToFloat(chunk.getShort() << 16);
                }
            }
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = (float) chunk.getDouble();
                }
            }
            default -> throw new IllegalArgumentException(dataType.name());
        }
        return count;
    }

    /** IEEE 754 binary16 to binary32. */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >>> HALF_FRACTION_BITS & HALF_MAX_EXPONENT;
        int fraction = half & (1 << HALF_FRACTION_BITS) - 1;
        if (exponent == 0) {
            float magnitude = fraction * HALF_MIN_VALUE;
            return sign == 0 ? magnitude : -magnitude;
        }
        int floatExponent = exponent == HALF_MAX_EXPONENT ? 255 : exponent + BIAS_DIFFERENCE;
        return Float.intBitsToFloat(sign | floatExponent << FLOAT_FRACTION_BITS | fraction << FRACTION_SHIFT);
    }

    /** Converts a chunk of integers from index {@code next} on and returns the index after the last. */
    static int toIntegers(DataType dataType, ByteBuffer chunk, long[] target, int next) {
        int index = next;
        while (chunk.hasRemaining()) {
            target[index++] = switch (dataType) {
                case INT64 -> chunk.getLong();
                case INT32 -> chunk.getInt();
                case INT16 -> chunk.getShort();
                case INT8 -> chunk.get();
                case UINT8, BOOL -> chunk.get() & 0xff;
                default -> throw new IllegalArgumentException(dataType.name());
            };
        }
        return index;
    }
}
