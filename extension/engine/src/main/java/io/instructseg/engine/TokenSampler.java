package io.instructseg.engine;

import java.util.SplittableRandom;

/**
 * Chooses the next token, as the logits processors of Hugging Face Transformers do: the logits divided by the temperature,
 * then the {@code topK} likeliest (and those as likely as the last of them), then the fewest likeliest of these whose
 * probabilities, among these, reach {@code topP}. Of equally likely ones the lower id is the likelier.
 * <p>
 * What is drawn is the same everywhere: {@link SplittableRandom} is SplitMix64 (Steele, Lea, Flood 2014), one number a token;
 * {@link StrictMath} computes the weights.
 */
final class TokenSampler {

    private final GenerationOptions options;
    private final int tokens;
    private final SplittableRandom random;

    /** @param tokens that the tokenizer has; logits beyond them are ignored */
    TokenSampler(GenerationOptions options, int tokens) {
        this.options = options;
        this.tokens = tokens;
        this.random = new SplittableRandom(options.seed());
    }

    /** @param logits finite */
    int next(float[] logits) {
        int size = Math.min(tokens, logits.length);
        if (options.temperature() == 0) {
            return likeliest(logits, size);
        }
        double[] weights = weights(logits, size);
        keepTopK(logits, weights);
        return draw(keepTopP(logits, weights));
    }

    private static int likeliest(float[] logits, int size) {
        int best = 0;
        for (int id = 1; id < size; id++) {
            best = logits[id] > logits[best] ? id : best;
        }
        return best;
    }

    /** Probabilities but for a common factor; the likeliest has 1. */
    private double[] weights(float[] logits, int size) {
        double largest = logits[likeliest(logits, size)];
        double[] weights = new double[size];
        for (int id = 0; id < size; id++) {
            weights[id] = StrictMath.exp((logits[id] - largest) / options.temperature());
        }
        return weights;
    }

    private void keepTopK(float[] logits, double[] weights) {
        if (options.topK() == 0 || options.topK() >= weights.length) {
            return;
        }
        LogitHeap heap = new LogitHeap(logits, weights.length);
        int id = heap.remove();
        for (int i = 1; i < options.topK(); i++) {
            id = heap.remove();
        }
        float least = logits[id];
        for (int other = 0; other < weights.length; other++) {
            weights[other] = logits[other] < least ? 0 : weights[other];
        }
    }

    private double[] keepTopP(float[] logits, double[] weights) {
        if (options.topP() == 1) {
            return weights;
        }
        double enough = options.topP() * sum(weights);
        LogitHeap heap = new LogitHeap(logits, weights.length);
        double[] kept = new double[weights.length];
        double reached = 0;
        while (reached < enough && !heap.isEmpty()) {
            int id = heap.remove();
            kept[id] = weights[id];
            reached += weights[id];
        }
        return kept;
    }

    private int draw(double[] weights) {
        double left = random.nextDouble() * sum(weights);
        int last = 0;
        for (int id = 0; id < weights.length && left >= 0; id++) {
            if (weights[id] > 0) {
                last = id;
                left -= weights[id];
            }
        }
        return last;
    }

    /** Added one after the other, as {@link #draw} takes them away. */
    private static double sum(double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return sum;
    }
}
