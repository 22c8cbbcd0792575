package io.instructseg.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import io.instructseg.engine.session.StageException;
import io.instructseg.engine.text.StreamingDecoder;
import io.instructseg.engine.text.Tokenizer;
import io.instructseg.format.Signature;

/**
 * An answer in words that is made token by token, as it is asked for.
 * <p>
 * For one thread at a time. Owns TensorFlow's memory until closed; after the end of the text and any exception it is.
 */
public final class TextGeneration implements AutoCloseable {

    private final StageRunner runner;
    private final Supplier<CachedLanguageModel> prefill;
    private final int promptTokens;
    private final int[] ends;
    private final TokenSampler sampler;
    private final StreamingDecoder decoder;
    private final StopStrings stop;
    private final int[] ids;
    private int tokens;
    private CachedLanguageModel languageModel;
    private boolean begun;
    private FinishReason finish;
    private boolean closed;

    /**
     * @param prefill has the prompt read; this owns what it gives
     * @param promptTokens that it reads
     * @param ends tokens that end the text
     */
    TextGeneration(StageRunner runner, Supplier<CachedLanguageModel> prefill, int promptTokens, Tokenizer tokenizer,
            GenerationOptions options, int... ends) {
        this.runner = runner;
        this.prefill = prefill;
        this.promptTokens = promptTokens;
        this.ends = ends;
        this.sampler = new TokenSampler(options, tokenizer.size());
        this.decoder = new StreamingDecoder(tokenizer);
        this.stop = new StopStrings(options.stop());
        this.ids = new int[options.maxTokens()];
    }

    /**
     * The next piece of the text; nothing at its end. Never empty, never a part of a character, never the beginning of a stop
     * text that may still come: the pieces one after the other are the text, which begins with no white space. Blocks for one
     * token or several; the first call reads the picture and the conversation.
     *
     * @throws StageException if a stage fails or gives numbers that are not finite
     * @throws java.util.concurrent.CancellationException between two stages, once cancelled
     * @throws IllegalStateException if this was closed before the end
     */
    public Optional<String> next() {
        if (closed && finish == null) {
            throw new IllegalStateException("this text is closed");
        }
        try {
            String piece = "";
            while (piece.isEmpty() && finish == null) {
                piece = step();
            }
            if (finish != null) {
                close();
            }
            return Optional.of(piece).filter(text -> !text.isEmpty());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Makes a token: what it adds to the text. */
    private String step() {
        if (languageModel == null) {
            languageModel = prefill.get();
        } else {
            languageModel.read(ids[tokens - 1]);
        }
        int id = sampler.next(languageModel.logits());
        if (Arrays.stream(ends).anyMatch(end -> end == id)) {
            return end(FinishReason.END_OF_TEXT, "");
        }
        ids[tokens++] = id;
        String text = show(decoder.accept(id));
        if (stop.found()) {
            return end(FinishReason.STOP_STRING, text);
        }
        return tokens == ids.length ? end(FinishReason.MAX_TOKENS, text) : text;
    }

    /** White space before the text is none of it: no string can stop it there. */
    private String show(String decoded) {
        String text = begun ? decoded : decoded.stripLeading();
        begun = begun || !text.isEmpty();
        return stop.accept(text);
    }

    private String end(FinishReason reason, String text) {
        String rest = show(decoder.end());
        finish = stop.found() ? FinishReason.STOP_STRING : reason;
        return text + rest + stop.end();
    }

    /**
     * Why the text ended.
     *
     * @throws IllegalStateException if it has not: {@link #next()} still gives something
     */
    public FinishReason finish() {
        if (finish == null) {
            throw new IllegalStateException("this text has not ended");
        }
        return finish;
    }

    /** Tokens that the language model reads before it answers, the picture's included. */
    public int promptTokens() {
        return promptTokens;
    }

    /** Tokens made so far, one that ended the text not counted. */
    public int tokens() {
        return tokens;
    }

    /** The ids of {@link #tokens()}. */
    public int[] ids() {
        return Arrays.copyOf(ids, tokens);
    }

    /** How long each stage took so far, all its runs together; a stage that was not needed is absent. */
    public Map<Signature, Duration> timings() {
        return Map.copyOf(runner.timings().durations());
    }

    /** Frees everything. Has no effect the second time. */
    @Override
    public void close() {
        closed = true;
        if (languageModel != null) {
            languageModel.close();
        }
    }
}
