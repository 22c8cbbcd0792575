package io.instructseg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Tensor;

import io.instructseg.format.Signature;

/** Perceiver, language model and fusion against the official code, each fed with the official stage's input. */
class LanguageStagesTest extends ModelBTest {

    private static final int WIDTH = 104;
    private static final int PATCHES = 36;

    @ParameterizedTest
    @ValueSource(strings = { "res_landscape", "res_batch" })
    void perceiverMatches(String testCase) throws IOException {
        SafetensorsFile golden = GoldenModel.golden("model-b", testCase, "ovp");
        List<String> tensors = List.of("layer.0.attn", "layer.0", "layer.1.attn", "layer.1", "layer.2.attn", "layer.2", "out");
        Instructions instructions = Instructions.of(testCase);
        GoldenModel.Outputs outputs = run(Signature.PERCEIVE, Map.of("patches", patches(testCase, instructions.items()),
                "instruction_ids", instructions.ids(), "instruction_lengths", instructions.lengths()), tensors);
        tensors.forEach(name -> outputs.assertMatches(name, golden.get(name).floats()));
    }

    @ParameterizedTest
    @ValueSource(strings = { "res_landscape", "res_batch" })
    void languageModelMatches(String testCase) throws IOException {
        SafetensorsFile phi = GoldenModel.golden("model-b", testCase, "phi");
        SafetensorsFile prompt = GoldenModel.golden("model-b", testCase, "prompt");
        Instructions instructions = Instructions.of(testCase);
        GoldenModel.Outputs outputs = run(Signature.REASON, reasonInputs(testCase, instructions),
                List.of("inputs_embeds", "layer.0.self_attn", "layer.0.mlp", "layer.0", "layer.1", "layer.2",
                        "instruction_states", "query_states"));
        SafetensorsFile.Tensor mask = prompt.get("attention_mask");
        assertMatchesWhere(outputs, "inputs_embeds", prompt.get("inputs_embeds").floats(), mask);
        for (String name : List.of("layer.0.self_attn", "layer.0.mlp", "layer.0", "layer.1", "layer.2")) {
            assertMatchesWhere(outputs, name, phi.get(name).floats(), mask);
        }
        float[] last = phi.get("last_hidden_state").floats();
        outputs.assertMatches("query_states", select(last, prompt.get("seg_query_mask").ints()));
        float[] states = instructions.withoutPadding(outputs.values().get("instruction_states"));
        new GoldenModel.Outputs(Map.of("instruction_states", states)).assertMatches("instruction_states",
                select(last, prompt.get("refer_indices").ints()));
    }

    @ParameterizedTest
    @ValueSource(ints = { -204, -201, -200, -205, -7, Integer.MAX_VALUE })
    void whatStandsBehindAPromptHasNoInfluence(int padding) throws IOException {
        // the official prompt's last token is <|endoftext|>, which nothing sees: without it, the first item is shorter
        SafetensorsFile prompt = GoldenModel.golden("model-b", "res_batch", "prompt");
        Instructions instructions = Instructions.of("res_batch");
        Map<String, Tensor> inputs = reasonInputs("res_batch", instructions);
        int[] ids = prompt.get("input_ids").ints();
        int length = ids.length / 2;
        ids[length - 1] = padding;
        inputs.put("prompt_ids", GoldenModel.ints(ids, 2, length)).close();
        inputs.put("prompt_lengths", GoldenModel.ints(new int[] { length - 1, length }, 2)).close();
        GoldenModel.Outputs outputs = run(Signature.REASON, inputs, List.of("instruction_states", "query_states"));
        float[] last = GoldenModel.golden("model-b", "res_batch", "phi").get("last_hidden_state").floats();
        outputs.assertMatches("query_states", select(last, prompt.get("seg_query_mask").ints()));
        float[] states = instructions.withoutPadding(outputs.values().get("instruction_states"));
        new GoldenModel.Outputs(Map.of("instruction_states", states)).assertMatches("instruction_states",
                select(last, prompt.get("refer_indices").ints()));
    }

    @ParameterizedTest
    @ValueSource(strings = { "res_landscape", "res_batch" })
    void fusionMatches(String testCase) throws IOException {
        SafetensorsFile golden = GoldenModel.golden("model-b", testCase, "fusion");
        Instructions instructions = Instructions.of(testCase);
        List<String> tensors = List.of("mean", "origin", "text", "local_vision", "vmtf.layer.0", "vmtf.layer.1", "vmtf.layer.2",
                "vmtf.out", "concat", "E_v", "score_embedding");
        SafetensorsFile.Tensor res5 = GoldenModel.golden("model-b", testCase, "swin").get("res5");
        GoldenModel.Outputs outputs = run(Signature.FUSE,
                Map.of("instruction_states", instructions.states(golden), "instruction_lengths", instructions.lengths(), "res5",
                        GoldenModel.floats(GoldenModel.channelsLast(res5), instructions.items(), 3, 3, 96)),
                tensors);
        outputs.assertMatches("E_v", golden.get("E_v").floats());
        outputs.assertMatches("concat", golden.get("concat").floats());
        outputs.assertMatches("local_vision", GoldenModel.channelsLast(golden.get("local_vision")));
        // of the official latents, the first row is the mean's
        Map<String, String> rows = Map.of("mean", "mean_and_tokens.", "origin", "origin.", "text", "text.", "vmtf.layer.0",
                "vmtf.layer.0.", "vmtf.layer.1", "vmtf.layer.1.", "vmtf.layer.2", "vmtf.layer.2.", "vmtf.out", "vmtf.out.");
        rows.forEach((name, prefix) -> outputs.assertMatches(name, firstRows(golden, prefix, instructions.items())));
    }

    @Test
    void sentencesOnOnePictureShareItsFeatures() throws IOException {
        Instructions instructions = Instructions.of("res_batch");
        float[] projected = GoldenModel.golden("model-b", "res_landscape", "siglip").get("projected").floats();
        float[] twice = Arrays.copyOf(projected, 2 * projected.length);
        System.arraycopy(projected, 0, twice, projected.length, projected.length);
        Map<String, Tensor> inputs = reasonInputs("res_batch", instructions);
        inputs.put("patches", GoldenModel.floats(twice, 2, PATCHES, WIDTH)).close();
        GoldenModel.Outputs separate = run(Signature.REASON, new HashMap<>(inputs), List.of("query_states"));
        inputs = reasonInputs("res_batch", instructions);
        inputs.put("patches", GoldenModel.floats(projected, 1, PATCHES, WIDTH)).close();
        GoldenModel.Outputs shared = run(Signature.REASON, inputs, List.of("query_states"));
        assertThat(shared.values().get("query_states")).isEqualTo(separate.values().get("query_states"));
    }

    private static Map<String, Tensor> reasonInputs(String testCase, Instructions instructions) throws IOException {
        SafetensorsFile prompt = GoldenModel.golden("model-b", testCase, "prompt");
        SafetensorsFile.Tensor ids = prompt.get("input_ids");
        int items = instructions.items();
        int[] lengths = new int[items];
        Arrays.fill(lengths, (int) ids.shape()[1]);
        float[] perceived = GoldenModel.golden("model-b", testCase, "ovp").get("out").floats();
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("prompt_ids", GoldenModel.ints(ids.ints(), items, ids.shape()[1]));
        inputs.put("prompt_lengths", GoldenModel.ints(lengths, items));
        inputs.put("instruction_ids", instructions.ids());
        inputs.put("instruction_lengths", instructions.lengths());
        inputs.put("patches", patches(testCase, items));
        inputs.put("perceived", GoldenModel.floats(perceived, items, perceived.length / items / WIDTH, WIDTH));
        return inputs;
    }

    private static Tensor patches(String testCase, int items) throws IOException {
        float[] projected = GoldenModel.golden("model-b", testCase, "siglip").get("projected").floats();
        return GoldenModel.floats(projected, items, PATCHES, WIDTH);
    }

    private static GoldenModel.Outputs run(Signature signature, Map<String, Tensor> inputs, List<String> tensors) {
        try {
            return model.run(signature, inputs, tensors);
        } finally {
            inputs.values().forEach(Tensor::close);
        }
    }

    /** Compares the positions that the official attention mask counts: the others are padding. */
    private static void assertMatchesWhere(GoldenModel.Outputs outputs, String name, float[] expected,
            SafetensorsFile.Tensor mask) {
        int[] chosen = new int[mask.data().remaining()];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = mask.data().get(mask.data().position() + i);
        }
        float[] actual = outputs.values().get(name);
        assertThat(actual).as(name).hasSameSizeAs(expected);
        new GoldenModel.Outputs(Map.of(name, select(actual, chosen))).assertMatches(name, select(expected, chosen));
    }

    private static float[] select(float[] states, int[] chosen) {
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < chosen.length; i++) {
            if (chosen[i] != 0) {
                rows.add(Arrays.copyOfRange(states, i * WIDTH, (i + 1) * WIDTH));
            }
        }
        return concat(rows);
    }

    private static float[] firstRows(SafetensorsFile golden, String prefix, int items) {
        List<float[]> rows = new ArrayList<>();
        for (int item = 0; item < items; item++) {
            SafetensorsFile.Tensor tensor = golden.get(prefix + item);
            int width = (int) tensor.shape()[tensor.shape().length - 1];
            rows.add(Arrays.copyOf(tensor.floats(), width));
        }
        return concat(rows);
    }

    private static float[] concat(List<float[]> rows) {
        float[] all = new float[rows.stream().mapToInt(row -> row.length).sum()];
        int at = 0;
        for (float[] row : rows) {
            System.arraycopy(row, 0, all, at, row.length);
            at += row.length;
        }
        return all;
    }

    /** The instructions of a case, padded with ids that no tokenizer has. */
    private record Instructions(List<int[]> tokens) {

        static Instructions of(String testCase) throws IOException {
            SafetensorsFile prompt = GoldenModel.golden("model-b", testCase, "prompt");
            List<int[]> tokens = new ArrayList<>();
            while (prompt.tensors().containsKey("token_refer_id." + tokens.size())) {
                tokens.add(prompt.get("token_refer_id." + tokens.size()).ints());
            }
            return new Instructions(tokens);
        }

        int items() {
            return tokens.size();
        }

        int longest() {
            return tokens.stream().mapToInt(ids -> ids.length).max().orElseThrow();
        }

        Tensor lengths() {
            return GoldenModel.ints(tokens.stream().mapToInt(ids -> ids.length).toArray(), items());
        }

        Tensor ids() {
            int[] padded = new int[items() * longest()];
            Arrays.fill(padded, Integer.MAX_VALUE);
            for (int item = 0; item < items(); item++) {
                System.arraycopy(tokens.get(item), 0, padded, item * longest(), tokens.get(item).length);
            }
            return GoldenModel.ints(padded, items(), longest());
        }

        /** The official hidden states, without their mean, padded with NaN. */
        Tensor states(SafetensorsFile fusion) {
            float[] padded = new float[items() * longest() * WIDTH];
            Arrays.fill(padded, Float.NaN);
            for (int item = 0; item < items(); item++) {
                float[] meanAndTokens = fusion.get("mean_and_tokens." + item).floats();
                System.arraycopy(meanAndTokens, WIDTH, padded, item * longest() * WIDTH, meanAndTokens.length - WIDTH);
            }
            return GoldenModel.floats(padded, items(), longest(), WIDTH);
        }

        float[] withoutPadding(float[] states) {
            List<float[]> rows = new ArrayList<>();
            for (int item = 0; item < items(); item++) {
                int from = item * longest() * WIDTH;
                rows.add(Arrays.copyOfRange(states, from, from + tokens.get(item).length * WIDTH));
            }
            return concat(rows);
        }
    }
}
