package io.instructseg.conversion;

/** Rounds float32 to its two halves, to nearest, ties to even. */
public final class LowPrecision {

    /** All exponent bits: set in infinities and NaN only. */
    static final int BFLOAT16_EXPONENT = 0x7F80;
    static final int FLOAT16_EXPONENT = 0x7C00;

    private LowPrecision() {
    }

    public static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    public static short toFloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7E00);
        }
        if (magnitude >= 65520f) {
            return (short) (sign | FLOAT16_EXPONENT);
        }
        if (magnitude < 0x1p-14f) {
            // subnormal: a multiple of 2^-24; rint rounds ties to even
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
        }
        int rebased = (bits & 0x7FFFFFFF) - (112 << 23);
        return (short) (sign | rebased + 0xFFF + (rebased >>> 13 & 1) >>> 13);
    }
}
