package io.instructseg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Signature;

class MaskDecoderTest extends ModelBTest {

    private static final List<String> OUTPUTS = List.of("mask_logits", "seg_logits");
    private static final List<String> FEATURES = List.of("mask_features", "features_0", "features_1", "features_2");

    private static SafetensorsFile golden;

    @BeforeAll
    static void load() throws IOException {
        golden = GoldenModel.golden("model-b", "res_landscape", "mask_decoder");
    }

    @Test
    void everyTensorMatchesTheOfficialOne() throws IOException {
        List<String> sequences = new ArrayList<>(List.of("seg_query", "memory.0", "memory_pos.0"));
        List<String> masks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            // sequence-first in the golden: with one item the same order
            sequences.addAll(List.of("layer." + i + ".cross", "layer." + i + ".self", "prediction." + (i + 1) + ".query"));
            masks.addAll(List.of("prediction." + i + ".attn_mask", "layer." + i + ".attn_mask_used"));
        }
        List<String> names = new ArrayList<>(OUTPUTS);
        names.addAll(sequences);
        names.addAll(masks);
        GoldenModel.Outputs outputs = Inputs.run(model, Signature.DECODE_MASKS, official(), names);
        sequences.forEach(name -> outputs.assertMatches(name, golden.get(name).floats()));
        masks.forEach(name -> assertThat(outputs.values().get(name)).as(name).isEqualTo(bits(golden.get(name))));
        OUTPUTS.forEach(name -> outputs.assertMatches(name, golden.get("final_" + name).floats()));
    }

    @Test
    void anItemsResultDoesNotDependOnItsNeighbour() throws IOException {
        Map<String, Inputs.Array> first = official();
        Map<String, Inputs.Array> second = other(first);
        assertItems(Inputs.stack(first, second), first, second);
    }

    @Test
    void itemsMayShareAPicture() throws IOException {
        Map<String, Inputs.Array> first = official();
        Map<String, Inputs.Array> second = other(first);
        FEATURES.forEach(name -> second.put(name, first.get(name)));
        Map<String, Inputs.Array> shared = Inputs.stack(first, second);
        FEATURES.forEach(name -> shared.put(name, first.get(name)));
        assertItems(shared, first, second);
    }

    @Test
    void aWidthThatSinePositionsCannotFillIsRefused() {
        assertThatThrownBy(() -> new Hyperparameters.MaskDecoder(10, 70, 40, 4, 5, 80, true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("must divide maskDecoder.hiddenSize, 70");
    }

    private static void assertItems(Map<String, Inputs.Array> both, Map<String, Inputs.Array> first,
            Map<String, Inputs.Array> second) {
        GoldenModel.Outputs outputs = Inputs.run(model, Signature.DECODE_MASKS, both, OUTPUTS);
        Inputs.assertItem(outputs, 0, Inputs.run(model, Signature.DECODE_MASKS, first, OUTPUTS));
        Inputs.assertItem(outputs, 1, Inputs.run(model, Signature.DECODE_MASKS, second, OUTPUTS));
    }

    private static Map<String, Inputs.Array> official() throws IOException {
        SafetensorsFile pixels = GoldenModel.golden("model-b", "res_landscape", "pixel_decoder");
        SafetensorsFile fusion = GoldenModel.golden("model-b", "res_landscape", "fusion");
        Map<String, Inputs.Array> inputs = new HashMap<>();
        inputs.put("query_states", new Inputs.Array(golden.get("seg_query_raw").floats(), 1, 10, 104));
        inputs.put("score_embedding", new Inputs.Array(fusion.get("E_v").floats(), 1, 72));
        inputs.put("mask_features", Inputs.map(pixels.get("mask_features")));
        for (int level = 0; level < 3; level++) {
            inputs.put("features_" + level, Inputs.map(pixels.get("multi_scale." + level)));
        }
        return inputs;
    }

    /** Another item: the same values in another order. */
    private static Map<String, Inputs.Array> other(Map<String, Inputs.Array> inputs) {
        Map<String, Inputs.Array> other = new HashMap<>();
        inputs.forEach((name, array) -> other.put(name, array.reversed()));
        return other;
    }

    private static float[] bits(SafetensorsFile.Tensor mask) {
        float[] bits = new float[mask.data().remaining()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = mask.data().get(mask.data().position() + i);
        }
        return bits;
    }
}
