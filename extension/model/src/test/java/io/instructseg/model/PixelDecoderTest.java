package io.instructseg.model;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.Tensor;

import io.instructseg.format.Signature;

class PixelDecoderTest {

    /** In the official order of axes, channels last where a map. */
    private static final List<String> TOKENS = List.of("encoder.src", "encoder.pos_with_level", "deform.query", "deform.value",
            "deform.sampling_offsets", "deform.sampling_locations", "deform.attention_weights", "deform.sampled",
            "deform.output", "encoder.layer.0", "encoder.layer.1");
    private static final List<String> MAPS = List.of("input_proj.0", "input_proj.1", "input_proj.2", "position.0",
            "position.1", "position.2", "fpn.sum", "fpn.output", "mask_features");

    private static GoldenModel model;

    @BeforeAll
    static void load() throws IOException {
        model = new GoldenModel("model-b", Sizes.MODEL_B);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void everyTensorMatchesTheOfficialOne() throws IOException {
        SafetensorsFile input = GoldenModel.golden("model-b", "res_landscape", "swin");
        SafetensorsFile golden = GoldenModel.golden("model-b", "res_landscape", "pixel_decoder");
        List<String> names = new java.util.ArrayList<>(TOKENS);
        names.addAll(MAPS);
        names.addAll(List.of("features_0", "features_1", "features_2"));
        Map<String, Tensor> inputs = new HashMap<>();
        for (String name : List.of("res2", "res3", "res4", "res5")) {
            SafetensorsFile.Tensor map = input.get(name);
            long[] s = map.shape();
            inputs.put(name, GoldenModel.floats(GoldenModel.channelsLast(map), s[0], s[2], s[3], s[1]));
        }
        GoldenModel.Outputs outputs = model.run(Signature.DECODE_PIXELS, inputs, names);
        inputs.values().forEach(Tensor::close);
        TOKENS.forEach(name -> outputs.assertMatches(name, golden.get(name).floats()));
        MAPS.forEach(name -> outputs.assertMatches(name, GoldenModel.channelsLast(golden.get(name))));
        for (int i = 0; i < 3; i++) {
            outputs.assertMatches("features_" + i, GoldenModel.channelsLast(golden.get("multi_scale." + i)));
        }
    }
}
