package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.image.Preprocessing;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.engine.session.TestModel;
import io.instructseg.engine.text.Prompt;
import io.instructseg.format.Signature;

/** Masks with words of random models, which say something before any mask. */
class ExplainedSegmentationTest {

    private static final int WORDS = 6;
    private static final GenerationOptions GREEDY = GenerationOptions.DEFAULT.withMaxTokens(WORDS);
    private static final Instruction WHY = Instruction.reasoning("What could one drink from?");

    @ParameterizedTest
    @ValueSource(strings = { "model-a", "model-b" })
    void theMaskIsThatOfThePromptWithTheWords(String name) throws IOException {
        try (SegmentationModel model = SegmentationModel.load(TestModel.directory(name))) {
            DecodedImage image = picture(name);
            Segmentation answer = model.segment(image, List.of(WHY, WHY),
                    new SegmentationOptions(Candidates.ALL, 0).withExplanation(GREEDY), CancellationToken.NONE).get(1);
            Prompt prompt = model.prompts().explanation(WHY.sentences());
            int[] words = wordsWithoutCache(model, image, prompt);
            assertThat(answer.explanation()).contains(model.tokenizer().decode(words, true).strip());
            List<Candidate> expected = model.candidates(image.image(), model.prompts().explained(prompt, words));
            assertThat(answer.candidates()).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(answer.candidates().get(i).score()).isCloseTo(expected.get(i).score(), within(1e-5));
            }
            assertThat(answer.candidates().get(0).query()).isEqualTo(expected.get(0).query());
            assertThat(answer.mask().iou(expected.get(0).mask())).isGreaterThanOrEqualTo(0.999);
            assertThat(answer.timings()).containsOnlyKeys(Signature.values());
        }
    }

    /** Each from the whole prompt anew. */
    private static int[] wordsWithoutCache(SegmentationModel model, DecodedImage image, Prompt prompt) {
        ModelSession session = model.session();
        int side = session.size("CLIP");
        HostTensor pixels = HostTensor.bytes(Preprocessing.siglipInput(image.image(), side).pixels(), 1, side, side, 3);
        Map<String, HostTensor> inputs = new HashMap<>(
                session.run(Signature.ENCODE_VISION, Map.of("pixels", pixels), List.of("patches")));
        inputs.put("instruction_ids", HostTensor.ints(prompt.instruction(), 1, prompt.instruction().length));
        inputs.put("instruction_lengths", HostTensor.ints(new int[] { prompt.instruction().length }, 1));
        inputs.putAll(session.run(Signature.PERCEIVE, Map.copyOf(inputs), List.of("perceived")));
        int[] ids = prompt.ids();
        for (int i = 0; i < WORDS; i++) {
            inputs.put("prompt_ids", HostTensor.ints(ids, 1, ids.length));
            inputs.put("prompt_lengths", HostTensor.ints(new int[] { ids.length }, 1));
            float[] logits = session.run(Signature.PREFILL, inputs, List.of("logits")).get("logits").floats();
            int best = IntStream.range(0, model.tokenizer().size()).reduce((a, b) -> logits[b] > logits[a] ? b : a)
                    .orElseThrow();
            assertThat(best).isNotIn(model.tokenizer().segmentationToken(), model.tokenizer().endOfText());
            ids = IntStream.concat(IntStream.of(ids), IntStream.of(best)).toArray();
        }
        return IntStream.of(ids).skip(prompt.ids().length).toArray();
    }

    @Test
    void refusalsNameTheField() throws IOException {
        try (SegmentationModel model = SegmentationModel.load(TestModel.directory())) {
            assertThatThrownBy(() -> segment(model, GREEDY, WHY, Instruction.referring("the cup")))
                    .isExactlyInstanceOf(InstructionException.class).hasMessage("instructions[1].task: found referring, "
                            + "expected reasoning, the only one that is explained");
            int length = model.prompts().explanation(List.of("?".repeat(1999))).instruction().length;
            assertThatThrownBy(() -> segment(model, GREEDY.withMaxTokens(1900), Instruction.reasoning("?".repeat(1999))))
                    .isExactlyInstanceOf(InstructionException.class).hasMessage("instructions[0]: found " + length
                            + " tokens before 1900 of an explanation, expected at most 2048 together");
            int most = 2048 - model.prompts().explained(model.prompts().explanation(WHY.sentences()), new int[0]).ids().length;
            assertThatThrownBy(() -> segment(model, GREEDY.withMaxTokens(2000), WHY))
                    .isExactlyInstanceOf(InstructionException.class).hasMessage("instructions[0]: found 2000 tokens for an "
                            + "explanation, expected at most " + most + " beside the prompt");
        }
        assertThatIllegalArgumentException().isThrownBy(
                () -> new VideoOptions(SegmentationOptions.DEFAULT.withExplanation(GREEDY), Optional.empty(), false))
                .withMessage("answers.explanation: found one, expected none: videos are not explained");
    }

    private static void segment(SegmentationModel model, GenerationOptions words, Instruction... instructions)
            throws IOException {
        model.segment(picture("model-b"), List.of(instructions), SegmentationOptions.DEFAULT.withExplanation(words),
                CancellationToken.NONE);
    }

    private static DecodedImage picture(String model) throws IOException {
        return ImageDecoder.decode(TestModel.golden(model).resolve("text/image_0.png"), ImageLimits.DEFAULT);
    }
}
