package io.instructseg.quarkus;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import io.instructseg.engine.FinishReason;

/**
 * An answer in words.
 *
 * @param text all of it
 * @param finish why it ended
 * @param promptTokens tokens that the language model read before it answered, the picture's included
 * @param tokens tokens that it made
 * @param timings how long each stage of the model took, all its runs together, in their order
 */
public record Answer(String text, FinishReason finish, int promptTokens, int tokens, Map<String, Duration> timings) {

    public Answer {
        timings = Collections.unmodifiableMap(new LinkedHashMap<>(timings));
    }
}
