package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenSamplerTest {

    private static final int DRAWS = 40_000;

    @Test
    void greedyTakesTheLikeliestTokenThatThereIs() {
        float[] logits = { -3, 2, 1, 2, 9 };
        assertThat(new TokenSampler(GenerationOptions.DEFAULT, 5).next(logits)).isEqualTo(4);
        assertThat(new TokenSampler(GenerationOptions.DEFAULT, 4).next(logits)).as("the lower of equal ones").isEqualTo(1);
        assertThat(new TokenSampler(GenerationOptions.DEFAULT, 9).next(new float[] { -7 })).isZero();
    }

    /** The published sequence of SplitMix64 for this seed, the same on every JVM. */
    @Test
    void drawsWithSplitMix64() {
        long[] published = { 6457827717110365317L, 3203168211198807973L, Long.parseUnsignedLong("9817491932198370423"),
                4593380528125082431L, Long.parseUnsignedLong("16408922859458223821") };
        TokenSampler sampler = new TokenSampler(GenerationOptions.DEFAULT.withTemperature(1).withSeed(1234567), 1 << 16);
        for (long expected : published) {
            assertThat(sampler.next(new float[1 << 16])).isEqualTo((int) (expected >>> 48));
        }
    }

    @Test
    void theSeedDecides() {
        Random random = new Random(3);
        float[] logits = logits(random, 300);
        List<List<Integer>> sequences = IntStream.of(1, 1, 2).mapToObj(seed -> {
            TokenSampler sampler = new TokenSampler(GenerationOptions.DEFAULT.withTemperature(1).withSeed(seed), 300);
            return IntStream.range(0, 50).mapToObj(i -> sampler.next(logits)).toList();
        }).toList();
        assertThat(sequences.get(0)).isEqualTo(sequences.get(1)).isNotEqualTo(sequences.get(2));
    }

    @ParameterizedTest
    @CsvSource({ "1,0,1", "0.2,0,1", "3,0,1", "1,5,1", "1,1,1", "1,1000,1", "1,0,0.9", "1,0,0.3", "1,0,1e-6", "2,6,0.7",
            "0.5,3,0.95" })
    void countsFollowTheOfficialDistribution(float temperature, int topK, float topP) {
        Random random = new Random(5);
        for (int size : new int[] { 1, 7, 40 }) {
            float[] logits = logits(random, size + 3);
            GenerationOptions options = GenerationOptions.DEFAULT.withTemperature(temperature).withTopK(topK).withTopP(topP)
                    .withSeed(random.nextLong());
            TokenSampler sampler = new TokenSampler(options, size);
            int[] counts = new int[size];
            for (int i = 0; i < DRAWS; i++) {
                counts[sampler.next(logits)]++;
            }
            double[] expected = distribution(logits, size, temperature, topK, topP);
            for (int id = 0; id < size; id++) {
                double deviation = Math.sqrt(expected[id] * (1 - expected[id]) / DRAWS);
                assertThat((double) counts[id] / DRAWS).as("token %d of %d", id, size)
                        .isCloseTo(expected[id], within(5 * deviation));
            }
        }
    }

    /** Quarters, so that there are equal ones. */
    private static float[] logits(Random random, int size) {
        float[] logits = new float[size];
        for (int id = 0; id < size; id++) {
            logits[id] = Math.round(random.nextGaussian() * 8) / 4f;
        }
        return logits;
    }

    /** As TopKLogitsWarper and TopPLogitsWarper of Transformers 4.38 write it down, with everything sorted. */
    private static double[] distribution(float[] logits, int size, float temperature, int topK, float topP) {
        List<Integer> ascending = new ArrayList<>(IntStream.range(0, size).boxed()
                .sorted(Comparator.<Integer> comparingDouble(id -> logits[id]).thenComparing(Comparator.reverseOrder()))
                .toList());
        if (topK > 0) {
            float least = logits[ascending.get(size - Math.min(topK, size))];
            ascending.removeIf(id -> logits[id] < least);
        }
        double sum = ascending.stream().mapToDouble(id -> Math.exp(logits[id] / temperature)).sum();
        double cumulative = 0;
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < ascending.size(); i++) {
            cumulative += Math.exp(logits[ascending.get(i)] / temperature) / sum;
            if (topP == 1 || cumulative > 1 - topP || i == ascending.size() - 1) {
                kept.add(ascending.get(i));
            }
        }
        double keptSum = kept.stream().mapToDouble(id -> Math.exp(logits[id] / temperature)).sum();
        double[] probabilities = new double[size];
        kept.forEach(id -> probabilities[id] = Math.exp(logits[id] / temperature) / keptSum);
        return probabilities;
    }
}
