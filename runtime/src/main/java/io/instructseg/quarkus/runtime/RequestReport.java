package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.instructseg.engine.StageRun;

/**
 * How a request went.
 *
 * @param failure why there is no answer
 * @param submitted when it came
 * @param waited until a device took it; nothing if none did
 * @param took from the beginning to the end
 * @param stages that ran, in their order
 * @param text of an answer in words that began
 */
public record RequestReport(Outcome outcome, Optional<Throwable> failure, Instant submitted, Optional<Duration> waited,
        Duration took, List<StageRun> stages, Optional<Text> text) {

    /**
     * What was made of an answer in words.
     *
     * @param promptTokens that the language model read before
     * @param tokens that it made
     * @param first from the request's beginning to the first piece of text
     */
    public record Text(int promptTokens, int tokens, Duration first) {
    }
}
