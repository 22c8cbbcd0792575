package io.instructseg.engine;

import java.util.List;
import java.util.Objects;

/**
 * How a text is made.
 *
 * @param maxTokens where it ends at the latest, 1 to 2047
 * @param temperature 0: the likeliest token each time (greedy); above: logits are divided by it, then a token is drawn
 * @param topK drawn from as many of the likeliest tokens, and those as likely as the last of them; 0: from all
 * @param topP drawn from the fewest likeliest tokens whose probabilities reach this sum; 1: from all
 * @param seed of the generator that draws: the same seed gives the same text, on the same machine and model
 * @param stop texts that end it; they are not part of it
 */
public record GenerationOptions(int maxTokens, float temperature, int topK, float topP, long seed, List<String> stop) {

    /** Of {@link #maxTokens}: the language model's context less one. */
    public static final int MOST_TOKENS = ConversationPrompt.CONTEXT - 1;
    /** Greedy, 256 tokens at most. */
    public static final GenerationOptions DEFAULT = new GenerationOptions(256, 0, 0, 1, 0, List.of());

    private static final int MOST_STOPS = 16;
    private static final int LONGEST_STOP = 256;

    /** @throws IllegalArgumentException that names the field, what was found and what was expected */
    public GenerationOptions {
        Objects.requireNonNull(stop, "stop");
        require(maxTokens >= 1 && maxTokens <= MOST_TOKENS, "maxTokens", maxTokens, "1 to " + MOST_TOKENS);
        require(temperature >= 0 && temperature <= 100, "temperature", temperature, "0 to 100");
        require(topK >= 0, "topK", topK, "0 or more");
        require(topP > 0 && topP <= 1, "topP", topP, "above 0, at most 1");
        require(stop.size() <= MOST_STOPS, "stop", stop.size() + " texts", "at most " + MOST_STOPS);
        for (int i = 0; i < stop.size(); i++) {
            int length = Objects.requireNonNull(stop.get(i), "stop").length();
            require(length >= 1 && length <= LONGEST_STOP, "stop[" + i + "]", length + " characters", "1 to " + LONGEST_STOP);
            require(stop.get(i).codePoints().noneMatch(GenerationOptions::isSurrogate), "stop[" + i + "]", "a lone surrogate",
                    "whole characters");
        }
        stop = List.copyOf(stop);
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static void require(boolean fits, String field, Object found, String expected) {
        if (!fits) {
            throw new IllegalArgumentException(field + ": found " + found + ", expected " + expected);
        }
    }

    public GenerationOptions withMaxTokens(int tokens) {
        return new GenerationOptions(tokens, temperature, topK, topP, seed, stop);
    }

    public GenerationOptions withTemperature(float value) {
        return new GenerationOptions(maxTokens, value, topK, topP, seed, stop);
    }

    public GenerationOptions withTopK(int tokens) {
        return new GenerationOptions(maxTokens, temperature, tokens, topP, seed, stop);
    }

    public GenerationOptions withTopP(float probability) {
        return new GenerationOptions(maxTokens, temperature, topK, probability, seed, stop);
    }

    public GenerationOptions withSeed(long value) {
        return new GenerationOptions(maxTokens, temperature, topK, topP, value, stop);
    }

    public GenerationOptions withStop(List<String> texts) {
        return new GenerationOptions(maxTokens, temperature, topK, topP, seed, texts);
    }
}
