package io.instructseg.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.instructseg.format.Signature;

class PixelDecoderTest extends ModelBTest {

    private static final List<String> OUTPUTS = List.of("mask_features", "features_0", "features_1", "features_2");

    /** In the official order of axes. */
    private static final List<String> TOKENS = List.of("encoder.src", "encoder.pos_with_level", "deform.query", "deform.value",
            "deform.sampling_offsets", "deform.sampling_locations", "deform.attention_weights", "deform.sampled",
            "deform.output", "encoder.layer.0", "encoder.layer.1");

    /** Channels-last, unlike the official ones. */
    private static final List<String> MAPS = List.of("input_proj.0", "input_proj.1", "input_proj.2", "position.0",
            "position.1", "position.2", "fpn.sum", "fpn.output");

    @Test
    void everyTensorMatchesTheOfficialOne() throws IOException {
        SafetensorsFile golden = GoldenModel.golden("model-b", "res_landscape", "pixel_decoder");
        List<String> names = new ArrayList<>(OUTPUTS);
        names.addAll(TOKENS);
        names.addAll(MAPS);
        GoldenModel.Outputs outputs = Inputs.run(model, Signature.DECODE_PIXELS, official(), names);
        TOKENS.forEach(name -> outputs.assertMatches(name, golden.get(name).floats()));
        MAPS.forEach(name -> outputs.assertMatches(name, GoldenModel.channelsLast(golden.get(name))));
        outputs.assertMatches("mask_features", GoldenModel.channelsLast(golden.get("mask_features")));
        for (int level = 0; level < 3; level++) {
            outputs.assertMatches("features_" + level, GoldenModel.channelsLast(golden.get("multi_scale." + level)));
        }
    }

    @Test
    void anItemsResultDoesNotDependOnItsNeighbour() throws IOException {
        Map<String, Inputs.Array> first = official();
        Map<String, Inputs.Array> second = new HashMap<>();
        first.forEach((name, array) -> second.put(name, array.reversed()));
        GoldenModel.Outputs both = Inputs.run(model, Signature.DECODE_PIXELS, Inputs.stack(first, second), OUTPUTS);
        Inputs.assertItem(both, 0, Inputs.run(model, Signature.DECODE_PIXELS, first, OUTPUTS));
        Inputs.assertItem(both, 1, Inputs.run(model, Signature.DECODE_PIXELS, second, OUTPUTS));
    }

    private static Map<String, Inputs.Array> official() throws IOException {
        SafetensorsFile golden = GoldenModel.golden("model-b", "res_landscape", "swin");
        Map<String, Inputs.Array> inputs = new HashMap<>();
        for (String name : List.of("res2", "res3", "res4", "res5")) {
            inputs.put(name, Inputs.map(golden.get(name)));
        }
        return inputs;
    }
}
