package io.instructseg.cli.verify;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Conversation;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.TextGeneration;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.image.Preprocessing;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.format.Signature;

/**
 * Compares answers in words: the prompt, the logits along the official answer, the tokens that they choose, and the text that
 * the model gives by itself.
 */
final class TextVerifier {

    private final GoldenText golden;
    private final SegmentationModel model;
    private final ModelSession session;
    private final Tolerances tolerances;
    private final List<Comparison> comparisons;

    /** @param comparisons takes what is compared */
    TextVerifier(GoldenText golden, SegmentationModel model, Tolerances tolerances, List<Comparison> comparisons) {
        this.golden = golden;
        this.model = model;
        this.session = model.session();
        this.tolerances = tolerances;
        this.comparisons = comparisons;
    }

    void verify() throws IOException {
        if (!model.generatesText()) {
            throw new IOException(golden.directory() + " holds answers in words, and the model has none: it has no signatures "
                    + "prefill and decode; convert its checkpoint again, which must have lm_head");
        }
        for (GoldenText.Answer answer : golden.answers()) {
            verify(answer);
        }
    }

    private void verify(GoldenText.Answer official) throws IOException {
        requireTokens(official);
        Optional<DecodedImage> image = official.image().isPresent()
                ? Optional.of(ImageDecoder.decode(official.image().get(), ImageLimits.DEFAULT))
                : Optional.empty();
        GoldenTensor prompt = golden.get(official, "input_ids");
        compareExactly(official, "ids", prompt.ints(),
                model.prompts().conversation(List.of(official.question()), image.isPresent()));
        List<float[]> logits = ForcedAnswer.logits(session, prompt.ints(), patches(official, image), official.tokens());
        compareLogits(official, logits);
        compareText(official, image, compareTokens(official, logits));
    }

    private void requireTokens(GoldenText.Answer official) throws IOException {
        int largest = Arrays.stream(official.tokens()).max().orElseThrow();
        if (largest >= model.tokenizer().size()) {
            throw new IOException(golden.directory() + " is no case of this model: " + official.name() + " has the token "
                    + largest + ", the tokenizer has " + model.tokenizer().size());
        }
    }

    /** Of the official picture as SigLIP takes it, which ours is compared with. */
    private HostTensor patches(GoldenText.Answer official, Optional<DecodedImage> image) throws IOException {
        if (image.isEmpty()) {
            return ForcedAnswer.noPatches(session);
        }
        int side = session.size("CLIP");
        byte[] pixels = Preprocessing.siglipInput(image.get().image(), side).pixels();
        Optional<GoldenTensor> recorded = golden.find(official, "images_clip");
        if (recorded.isPresent()) {
            byte[] bytes = StageInputs.clipBytes(recorded.get().channelsLast());
            comparisons.add(Comparison.exact(official.name(), "SigLIP's picture", GoldenTensor.floats(bytes),
                    GoldenTensor.floats(pixels)));
            pixels = bytes;
        }
        HostTensor input = HostTensor.bytes(pixels, 1, side, side, 3);
        return session.run(Signature.ENCODE_VISION, Map.of("pixels", input), List.of("patches")).get("patches");
    }

    private void compareLogits(GoldenText.Answer official, List<float[]> logits) throws IOException {
        GoldenTensor expected = golden.get(official, "logits");
        for (int step = 0; step < expected.size(0); step++) {
            comparisons.add(tolerances.compare(official.name(), "logits " + step,
                    expected.rows(step, step + 1).values(), step < logits.size() ? logits.get(step) : new float[0]));
        }
    }

    /**
     * In float32 the likeliest tokens are the official ones. In half precision a logit may be off by its bound, and so the
     * official token be behind the likeliest one by twice as much.
     *
     * @return how many of the first tokens are the official ones
     */
    private int compareTokens(GoldenText.Answer official, List<float[]> logits) {
        int[] own = new int[logits.size()];
        double lag = 0;
        double relativeLag = 0;
        for (int step = 0; step < own.length; step++) {
            float[] all = logits.get(step);
            own[step] = likeliest(all);
            double behind = all[own[step]] - (double) all[official.tokens()[step]];
            lag = Math.max(lag, behind);
            relativeLag = Math.max(relativeLag, behind / Comparison.rms(all));
        }
        if (tolerances.half()) {
            comparisons.add(new Comparison(official.name(), "tokens", lag, relativeLag, 2 * tolerances.stage()));
        } else {
            compareExactly(official, "tokens", official.tokens(), own);
        }
        int differs = Arrays.mismatch(official.tokens(), own);
        return differs < 0 ? own.length : differs;
    }

    /** Of the tokenizer's tokens, which are fewer than the logits. */
    private int likeliest(float[] logits) {
        int best = 0;
        for (int token = 1; token < Math.min(logits.length, model.tokenizer().size()); token++) {
            best = logits[token] > logits[best] ? token : best;
        }
        return best;
    }

    /**
     * What the model says by itself, as far as its tokens along the official answer are the official ones: behind another
     * token,
     * another text follows. A text begins with no white space.
     */
    private void compareText(GoldenText.Answer official, Optional<DecodedImage> image, int agreed) throws IOException {
        if (agreed == 0) {
            return;
        }
        int[] expected = Arrays.copyOf(official.tokens(), agreed);
        String text = agreed == official.tokens().length ? official.text() : model.tokenizer().decode(expected, true);
        StringBuilder own = new StringBuilder();
        try (TextGeneration answer = model.answer(image, Conversation.of(official.question()),
                GenerationOptions.DEFAULT.withMaxTokens(agreed), CancellationToken.NONE)) {
            for (Optional<String> piece = answer.next(); piece.isPresent(); piece = answer.next()) {
                own.append(piece.get());
            }
            compareExactly(official, "greedy tokens", withoutEnd(expected), answer.ids());
        }
        compareExactly(official, "text", text.stripLeading().chars().toArray(), own.chars().toArray());
    }

    private int[] withoutEnd(int[] tokens) {
        boolean ends = tokens[tokens.length - 1] == model.tokenizer().endOfText();
        return Arrays.copyOf(tokens, ends ? tokens.length - 1 : tokens.length);
    }

    private void compareExactly(GoldenText.Answer official, String what, int[] expected, int[] actual) {
        comparisons.add(Comparison.exact(official.name(), what, GoldenTensor.floats(expected), GoldenTensor.floats(actual)));
    }
}
