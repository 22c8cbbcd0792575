package io.instructseg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.junit.jupiter.api.Test;

class NumbersTest {

    @Test
    void everyHalfIsItsValueByDefinition() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 31;
            int fraction = bits & 1023;
            double magnitude = exponent == 0 ? fraction / 1024.0 * Math.pow(2, -14)
                    : exponent < 31 ? (1 + fraction / 1024.0) * Math.pow(2, exponent - 15)
                            : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            float expected = (float) (bits < 1 << 15 ? magnitude : -magnitude);
            assertThat(Float.floatToIntBits(Numbers.halfToFloat((short) bits))).as("half %04x", bits)
                    .isEqualTo(Float.floatToIntBits(expected));
        }
    }

    @Test
    void bfloat16IsTheUpperHalfOfAFloat() {
        float[] values = new float[5];
        assertThat(Numbers.toFloat32(DataType.BFLOAT16, chunk(0x3f80, 0xc049, 0x0001, 0x8000, 0x7f80), values)).isEqualTo(5);
        assertThat(values).containsExactly(1f, -3.140625f, 0x1p-133f, -0f, Float.POSITIVE_INFINITY);
    }

    @Test
    void doublesAreRoundedToTheNearest() {
        ByteBuffer chunk = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putDouble(0.1).putDouble(1 + 0x1p-24)
                .putDouble(1e300).flip();
        float[] values = new float[3];
        assertThat(Numbers.toFloat32(DataType.FLOAT64, chunk, values)).isEqualTo(3);
        assertThat(values).containsExactly(0.1f, 1f, Float.POSITIVE_INFINITY);
    }

    @Test
    void integersKeepTheirSigns() {
        long[] values = new long[3];
        assertThat(Numbers.toIntegers(DataType.INT8, ByteBuffer.wrap(new byte[] { -1 }), values, 0)).isEqualTo(1);
        assertThat(Numbers.toIntegers(DataType.UINT8, ByteBuffer.wrap(new byte[] { -1 }), values, 1)).isEqualTo(2);
        assertThat(Numbers.toIntegers(DataType.INT16, chunk(0x8000), values, 2)).isEqualTo(3);
        assertThat(values).containsExactly(-1, 255, -32768);
    }

    private static ByteBuffer chunk(int... shorts) {
        ByteBuffer chunk = ByteBuffer.allocate(2 * shorts.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : shorts) {
            chunk.putShort((short) value);
        }
        return chunk.flip();
    }
}
