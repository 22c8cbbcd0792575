package io.instructseg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Tensor;

import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Signature;

/** Answers in words against the official code's greedy ones. */
class WordsTest extends ModelBTest {

    private static final Hyperparameters SIZES = Sizes.MODEL_B;
    private static final int WORDS = SIZES.languageModel().outputSize();
    private static final int STEPS = 24;
    private static final int OFFICIAL_LOGITS = 3;

    @ParameterizedTest
    @ValueSource(strings = { "vqa_0", "vqa_1", "vqa_2", "vqa_3", "text_only" })
    void greedyAnswersAreTheOfficialOnes(String prompt) throws IOException {
        SafetensorsFile golden = golden();
        float[] official = golden.get(prompt + ".logits").floats();
        int[] expected = golden.get(prompt + ".output_ids").ints();
        assertThat(expected).hasSize(STEPS);
        Cache cache = prefill(golden, prompt, golden.get(prompt + ".input_ids").ints());
        for (int step = 0; step < STEPS; step++) {
            if (step < OFFICIAL_LOGITS) {
                assertMatches(cache.logits(), Arrays.copyOfRange(official, step * WORDS, (step + 1) * WORDS));
            }
            assertThat(cache.best()).as("word " + step).isEqualTo(expected[step]);
            cache = decode(cache, expected[step]);
        }
    }

    /** The last step's logits, of the prompt and the whole answer at once. */
    @ParameterizedTest
    @ValueSource(strings = { "vqa_0", "text_only" })
    void aCacheChangesNothing(String prompt) throws IOException {
        SafetensorsFile golden = golden();
        int[] answer = golden.get(prompt + ".output_ids").ints();
        Cache cache = prefill(golden, prompt, golden.get(prompt + ".input_ids").ints());
        for (int word : answer) {
            cache = decode(cache, word);
        }
        int[] ids = golden.get(prompt + ".input_ids").ints();
        int[] whole = Arrays.copyOf(ids, ids.length + answer.length);
        System.arraycopy(answer, 0, whole, ids.length, answer.length);
        assertMatches(cache.logits(), prefill(golden, prompt, whole).logits());
    }

    @Test
    void severalNewWordsAtOnceAreAsOneByOne() throws IOException {
        SafetensorsFile golden = golden();
        int[] answer = golden.get("vqa_1.output_ids").ints();
        Cache start = prefill(golden, "vqa_1", golden.get("vqa_1.input_ids").ints());
        Cache single = start;
        for (int word : answer) {
            single = decode(single, word);
        }
        Cache several = decode(start, Arrays.copyOf(answer, 7));
        several = decode(several, Arrays.copyOfRange(answer, 7, answer.length));
        assertMatches(several.logits(), single.logits());
        Cache.assertMatches("keys", several.keys(), single.keys());
        Cache.assertMatches("values", several.values(), single.values());
    }

    private static SafetensorsFile golden() throws IOException {
        return new SafetensorsFile(GoldenModel.GOLDEN.resolve("model-b/text/generation.safetensors"));
    }

    private static void assertMatches(float[] actual, float[] expected) {
        Cache.assertMatches("logits", actual, expected);
    }

    /** What a step left, as arrays. */
    private record Cache(float[] logits, float[] prefixKeys, float[] prefixValues, float[] keys, float[] values) {

        int best() {
            int best = 0;
            for (int word = 1; word < logits.length; word++) {
                best = logits[word] > logits[best] ? word : best;
            }
            return best;
        }

        static void assertMatches(String name, float[] actual, float[] expected) {
            new GoldenModel.Outputs(Map.of(name, actual)).assertMatches(name, expected);
        }
    }

    private static Cache prefill(SafetensorsFile golden, String prompt, int[] ids) {
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("prompt_ids", GoldenModel.ints(ids, 1, ids.length));
        inputs.put("prompt_lengths", GoldenModel.ints(new int[] { ids.length }, 1));
        inputs.put("instruction_ids", GoldenModel.ints(new int[1], 1, 1));
        inputs.put("instruction_lengths", GoldenModel.ints(new int[1], 1));
        int patches = SIZES.visionEncoder().patches();
        int width = SIZES.languageModel().hiddenSize();
        int queries = SIZES.perceiver().queries();
        inputs.put("patches", GoldenModel.floats(patches(golden, prompt), 1, patches, width));
        inputs.put("perceived", GoldenModel.floats(new float[queries * width], 1, queries, width));
        Map<String, float[]> given = run(Signature.PREFILL, inputs, List.of("logits", "prefix_keys", "prefix_values"));
        return new Cache(given.get("logits"), given.get("prefix_keys"), given.get("prefix_values"), new float[0], new float[0]);
    }

    /** Of the official pixels: normalised, channels first. */
    private static float[] patches(SafetensorsFile golden, String prompt) {
        if (!golden.tensors().containsKey(prompt + ".images_clip")) {
            return new float[SIZES.visionEncoder().patches() * SIZES.languageModel().hiddenSize()];
        }
        float[] normalised = GoldenModel.channelsLast(golden.get(prompt + ".images_clip"));
        byte[] pixels = new byte[normalised.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.round((normalised[i] + 1) * 127.5);
        }
        int side = SIZES.visionEncoder().imageSize();
        return run(Signature.ENCODE_VISION, Map.of("pixels", GoldenModel.bytes(pixels, 1, side, side, 3)), List.of("patches"))
                .get("patches");
    }

    private static Cache decode(Cache cache, int... words) {
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("token_ids", GoldenModel.ints(words, 1, words.length));
        inputs.put("prefix_keys", keyValue(cache.prefixKeys()));
        inputs.put("prefix_values", keyValue(cache.prefixValues()));
        inputs.put("keys", keyValue(cache.keys()));
        inputs.put("values", keyValue(cache.values()));
        Map<String, float[]> given = run(Signature.DECODE, inputs, List.of("logits", "keys", "values"));
        return new Cache(given.get("logits"), cache.prefixKeys(), cache.prefixValues(), given.get("keys"),
                given.get("values"));
    }

    private static Tensor keyValue(float[] values) {
        Hyperparameters.LanguageModel sizes = SIZES.languageModel();
        int tokens = values.length / sizes.layers() / sizes.hiddenSize();
        return GoldenModel.floats(values, sizes.layers(), 1, sizes.heads(), tokens, sizes.headSize());
    }

    private static Map<String, float[]> run(Signature signature, Map<String, Tensor> inputs, List<String> tensors) {
        try {
            return model.run(signature, inputs, tensors).values();
        } finally {
            inputs.values().forEach(Tensor::close);
        }
    }
}
