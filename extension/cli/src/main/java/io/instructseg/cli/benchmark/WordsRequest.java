package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Conversation;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.StageRun;
import io.instructseg.engine.TextGeneration;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.format.Signature;

/** A question about a picture that is answered in at most 32 tokens, several times. */
final class WordsRequest {

    private static final Conversation QUESTION = Conversation.of("What is in this picture? Describe all of it.");
    private static final GenerationOptions OPTIONS = GenerationOptions.DEFAULT.withMaxTokens(32);

    private final SegmentationModel model;
    private final DecodedImage image;
    private final List<Double> prefills = new ArrayList<>();
    private final List<Double> tokens = new ArrayList<>();
    private int promptTokens;

    /**
     * What the answers took.
     *
     * @param prefills seconds of reading the prompt
     * @param tokens seconds of each token but the first, which the prompt gives
     */
    record Times(int promptTokens, List<Double> prefills, List<Double> tokens) {

        /** What a token attends to beside itself: all answers have the same length. */
        double meanTokensBefore() {
            double ofAnAnswer = (double) tokens.size() / prefills.size();
            return promptTokens + Math.max(0, ofAnAnswer - 1) / 2;
        }
    }

    WordsRequest(SegmentationModel model, DecodedImage image) {
        this.model = model;
        this.image = image;
    }

    /** What it took since {@link #forget}. */
    Times times() {
        return new Times(promptTokens, prefills, tokens);
    }

    void forget() {
        prefills.clear();
        tokens.clear();
    }

    /** Seconds by stage: those of the language model. */
    Map<Signature, Double> run() throws IOException {
        Map<Signature, Double> seconds = new EnumMap<>(Signature.class);
        try (TextGeneration text = model.answer(Optional.of(image), QUESTION, OPTIONS, CancellationToken.NONE,
                run -> add(run, seconds))) {
            promptTokens = text.promptTokens();
            while (text.next().isPresent()) {
                // all of it
            }
        }
        return seconds;
    }

    private void add(StageRun run, Map<Signature, Double> seconds) {
        double took = run.took().toNanos() * 1e-9;
        if (run.stage() == Signature.PREFILL) {
            prefills.add(took);
        } else if (run.stage() == Signature.DECODE) {
            tokens.add(took);
        }
        seconds.merge(run.stage(), took, Double::sum);
    }
}
