package io.instructseg.cli.verify;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.instructseg.engine.Conversation;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.NextToken;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.TextGeneration;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.image.Preprocessing;
import io.instructseg.engine.image.RgbImage;

/**
 * Compares answers in words: the prompt, the logits along the official answer, the tokens that they choose, and the text that
 * the model gives by itself.
 */
final class TextVerifier {

    private final GoldenText golden;
    private final SegmentationModel model;
    private final Tolerances tolerances;
    private final List<Comparison> comparisons;

    /** @param comparisons takes what is compared */
    TextVerifier(GoldenText golden, SegmentationModel model, Tolerances tolerances, List<Comparison> comparisons) {
        this.golden = golden;
        this.model = model;
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
        int[] prompt = golden.get(official, "input_ids").ints();
        compareExactly(official, "ids", prompt,
                model.prompts().conversation(List.of(official.question()), image.isPresent()));
        List<NextToken> own = model.nextTokens(prompt, picture(official, image), official.tokens());
        compareLogits(official, own);
        compareText(official, image, compareTokens(official, own));
    }

    private void requireTokens(GoldenText.Answer official) throws IOException {
        int largest = Arrays.stream(official.tokens()).max().orElseThrow();
        if (largest >= model.tokenizer().size()) {
            throw new IOException(golden.directory() + " is no case of this model: " + official.name() + " has the token "
                    + largest + ", the tokenizer has " + model.tokenizer().size());
        }
    }

    /** The official picture as SigLIP takes it, which ours is compared with: resizing leaves it as it is. */
    private Optional<RgbImage> picture(GoldenText.Answer official, Optional<DecodedImage> image) throws IOException {
        Optional<RgbImage> own = image.map(DecodedImage::image);
        Optional<GoldenTensor> recorded = own.isPresent() ? golden.find(official, "images_clip") : Optional.empty();
        if (recorded.isEmpty()) {
            return own;
        }
        int side = model.session().size("CLIP");
        byte[] bytes = StageInputs.clipBytes(recorded.get().channelsLast());
        comparisons.add(Comparison.exact(official.name(), "SigLIP's picture", GoldenTensor.floats(bytes),
                GoldenTensor.floats(Preprocessing.siglipInput(own.get(), side).pixels())));
        return Optional.of(new RgbImage(side, side, bytes));
    }

    /** As far as the answer goes: it may have ended before the one that the logits were recorded with. */
    private void compareLogits(GoldenText.Answer official, List<NextToken> own) throws IOException {
        GoldenTensor expected = golden.get(official, "logits");
        for (int step = 0; step < Math.min(expected.size(0), own.size()); step++) {
            comparisons.add(tolerances.compare(official.name(), "logits " + step,
                    expected.rows(step, step + 1).values(), own.get(step).logits()));
        }
    }

    /**
     * In float32 the likeliest tokens are the official ones. In half precision a logit may be off by its bound, and so the
     * official token be behind the likeliest one by twice as much.
     *
     * @return how many of the first tokens are the official ones
     */
    private int compareTokens(GoldenText.Answer official, List<NextToken> tokens) {
        int[] own = tokens.stream().mapToInt(NextToken::id).toArray();
        double lag = 0;
        double relativeLag = 0;
        for (int step = 0; step < own.length; step++) {
            float[] all = tokens.get(step).logits();
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

    /**
     * What the model says by itself, as far as its tokens along the official answer are the official ones: behind another
     * token, another text follows. A text begins with no white space.
     */
    private void compareText(GoldenText.Answer official, Optional<DecodedImage> image, int agreed) throws IOException {
        if (agreed == 0) {
            return;
        }
        int end = official.end().orElse(model.tokenizer().endOfText());
        int[] expected = withoutEnd(Arrays.copyOf(official.tokens(), agreed), end);
        String text = official.text().filter(whole -> agreed == official.tokens().length)
                .orElseGet(() -> model.tokenizer().decode(expected, true));
        StringBuilder own = new StringBuilder();
        try (TextGeneration answer = model.answerUntil(end, image, Conversation.of(official.question()),
                GenerationOptions.DEFAULT.withMaxTokens(agreed))) {
            for (Optional<String> piece = answer.next(); piece.isPresent(); piece = answer.next()) {
                own.append(piece.get());
            }
            compareExactly(official, "greedy tokens", expected, answer.ids());
        }
        compareExactly(official, "text", text.stripLeading().chars().toArray(), own.chars().toArray());
    }

    private static int[] withoutEnd(int[] tokens, int end) {
        boolean ends = tokens[tokens.length - 1] == end;
        return Arrays.copyOf(tokens, ends ? tokens.length - 1 : tokens.length);
    }

    private void compareExactly(GoldenText.Answer official, String what, int[] expected, int[] actual) {
        comparisons.add(Comparison.exact(official.name(), what, GoldenTensor.floats(expected), GoldenTensor.floats(actual)));
    }
}
