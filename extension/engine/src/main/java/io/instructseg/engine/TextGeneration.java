package io.instructseg.engine;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import io.instructseg.engine.session.StageException;
import io.instructseg.format.Signature;

/**
 * An answer in words that is made token by token, as it is asked for.
 * <p>
 * For one thread at a time. Owns TensorFlow's memory until closed; after the end of the text and any exception it is.
 */
public final class TextGeneration implements AutoCloseable {

    TextGeneration() {
    }

    /**
     * The next piece of the text; nothing at its end. Never empty, never a part of a character, never the beginning of a stop
     * text that may still come: the pieces one after the other are the text. Blocks for one token or several; the first call
     * reads the picture and the conversation.
     *
     * @throws StageException if a stage fails or gives numbers that are not finite
     * @throws java.util.concurrent.CancellationException between two stages, once cancelled
     * @throws IllegalStateException if this was closed before the end
     */
    public Optional<String> next() {
        throw new UnsupportedOperationException();
    }

    /**
     * Why the text ended.
     *
     * @throws IllegalStateException before {@link #next()} gave nothing
     */
    public FinishReason finish() {
        throw new UnsupportedOperationException();
    }

    /** Tokens that the language model reads before it answers, the picture's included. */
    public int promptTokens() {
        throw new UnsupportedOperationException();
    }

    /** Tokens made so far, one that ended the text not counted. */
    public int tokens() {
        throw new UnsupportedOperationException();
    }

    /** How long each stage took so far, all its runs together; a stage that was not needed is absent. */
    public Map<Signature, Duration> timings() {
        throw new UnsupportedOperationException();
    }

    /** Frees everything. Has no effect the second time. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
