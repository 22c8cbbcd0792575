package io.instructseg.conversion.synthesis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.instructseg.conversion.LowPrecision;
import io.instructseg.format.Precision;

/**
 * Uniformly distributed numbers that depend on a seed, the tensor's name and the element's index alone: SplitMix64 of a
 * counter (Steele, Lea, Flood 2014), two elements of 24 bits a step.
 */
final class RandomElements implements SyntheticTensor.Elements {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final float UNIT = 0x1p-23f;

    private final Precision precision;
    private final long key;
    private final float centre;
    private final float deviation;

    /** @param deviation largest distance from the centre */
    RandomElements(Precision precision, long seed, String name, double centre, double deviation) {
        this.precision = precision;
        this.key = mix(seed ^ mix(hash(name)));
        this.centre = (float) centre;
        this.deviation = (float) deviation;
    }

    @Override
    public void fill(ByteBuffer target, long first) {
        long step = first / 2;
        int two = 2 * precision.bytes();
        for (; target.remaining() >= two; step++) {
            long bits = mix(key + step * GOLDEN_GAMMA);
            put(target, (int) bits & 0xFFFFFF);
            put(target, (int) (bits >>> 40));
        }
        if (target.hasRemaining()) {
            put(target, (int) mix(key + step * GOLDEN_GAMMA) & 0xFFFFFF);
        }
    }

    private void put(ByteBuffer target, int random) {
        float value = centre + deviation * (random * UNIT - 1);
        switch (precision) {
            case FLOAT32 -> target.putFloat(value);
            case BFLOAT16 -> target.putShort(LowPrecision.toBfloat16(value));
            case FLOAT16 -> target.putShort(LowPrecision.toFloat16(value));
        }
    }

    private static long hash(String name) {
        long hash = 0;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = 31 * hash + b;
        }
        return hash;
    }

    private static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ a >>> 27) * 0x94D049BB133111EBL;
        return b ^ b >>> 31;
    }
}
