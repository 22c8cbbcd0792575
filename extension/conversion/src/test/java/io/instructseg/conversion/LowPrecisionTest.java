package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToDoubleFunction;

import org.junit.jupiter.api.Test;

/**
 * Against the values of all 65536 patterns, computed from their definition in float64: a float32 must become the
 * nearest, of two equally near ones that with an even pattern.
 */
class LowPrecisionTest {

    /** Float32 next to each other, at a value of the half format, at the middle between two, and some apart. */
    private static final int[] NEARBY = { -70000, -4097, -3, -2, -1, 0, 1, 2, 3, 4097, 70000 };

    @Test
    void everyHalfIsItself() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            double half = half(bits, 5, 10);
            double brain = half(bits, 8, 7);
            if (!Double.isNaN(half)) {
                assertThat(LowPrecision.toFloat16((float) half)).isEqualTo((short) bits);
            }
            if (!Double.isNaN(brain)) {
                assertThat(LowPrecision.toBfloat16((float) brain)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void float16RoundsToTheNearestAndTiesToEven() {
        nearest(bits -> half(bits, 5, 10), 0x7C00, LowPrecision::toFloat16);
    }

    @Test
    void bfloat16RoundsToTheNearestAndTiesToEven() {
        nearest(bits -> half(bits, 8, 7), 0x7F80, LowPrecision::toBfloat16);
    }

    @Test
    void nanStaysNanWhateverItsPayload() {
        for (int payload = 1; payload < 1 << 23; payload = payload * 2 + 1) {
            for (int sign : new int[] { 0, 1 << 31 }) {
                float nan = Float.intBitsToFloat(sign | 0x7F800000 | payload);
                assertThat(half(LowPrecision.toFloat16(nan) & 0xFFFF, 5, 10)).isNaN();
                assertThat(half(LowPrecision.toBfloat16(nan) & 0xFFFF, 8, 7)).isNaN();
            }
        }
    }

    @Test
    void whatIsTooLargeIsInfinite() {
        assertThat(LowPrecision.toFloat16(65519.996f)).isEqualTo((short) 0x7BFF);
        assertThat(LowPrecision.toFloat16(65520f)).isEqualTo((short) 0x7C00);
        assertThat(LowPrecision.toFloat16(-65520f)).isEqualTo((short) 0xFC00);
        assertThat(LowPrecision.toFloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7C00);
        assertThat(LowPrecision.toBfloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7F80);
        assertThat(LowPrecision.toBfloat16(-Float.MAX_VALUE)).isEqualTo((short) 0xFF80);
        assertThat(LowPrecision.toBfloat16(Float.MIN_VALUE)).isEqualTo((short) 0);
    }

    private interface Rounding {
        short round(float value);
    }

    /** @param infinity the first pattern that is no finite number */
    private static void nearest(IntToDoubleFunction value, int infinity, Rounding rounding) {
        for (int bits = 0; bits < infinity - 1; bits++) {
            double low = value.applyAsDouble(bits);
            double high = value.applyAsDouble(bits + 1);
            double middle = (low + high) / 2;
            int even = (bits & 1) == 0 ? bits : bits + 1;
            for (double about : new double[] { low, middle }) {
                for (int step : NEARBY) {
                    float x = Float.intBitsToFloat(Float.floatToIntBits((float) about) + step);
                    if (!(x >= low && x <= high)) {
                        continue;
                    }
                    int expected = x < middle ? bits : x > middle ? bits + 1 : even;
                    if (rounding.round(x) != (short) expected || rounding.round(-x) != (short) (expected | 0x8000)) {
                        throw new AssertionError("%s (%a): %x, expected %x".formatted(x, x, rounding.round(x), expected));
                    }
                }
            }
        }
    }

    /** The value of a pattern: sign, biased exponent, fraction. */
    private static double half(int bits, int exponentBits, int fractionBits) {
        int bias = (1 << exponentBits - 1) - 1;
        int exponent = bits >> fractionBits & (1 << exponentBits) - 1;
        int fraction = bits & (1 << fractionBits) - 1;
        double magnitude;
        if (exponent == (1 << exponentBits) - 1) {
            magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (exponent == 0) {
            magnitude = fraction * Math.pow(2, 1 - bias - fractionBits);
        } else {
            magnitude = (fraction + (1 << fractionBits)) * Math.pow(2, exponent - bias - fractionBits);
        }
        return bits >> 15 == 0 ? magnitude : -magnitude;
    }
}
