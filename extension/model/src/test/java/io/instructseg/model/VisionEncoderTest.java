package io.instructseg.model;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.tensorflow.types.TUint8;

import io.instructseg.format.Signature;

class VisionEncoderTest {

    @Test
    void everyLayerMatchesTheOfficialOne() throws IOException {
        SafetensorsFile input = GoldenModel.golden("model-b", "res_landscape", "preprocess");
        SafetensorsFile golden = GoldenModel.golden("model-b", "res_landscape", "siglip");
        List<String> tensors = List.of("embeddings", "layer.0", "layer.1", "layer.2", "layer.3", "selected", "projected");
        byte[] pixels = new byte[60 * 60 * 3];
        input.get("clip_rgb_u8_resized").data().get(pixels);
        try (GoldenModel model = new GoldenModel("model-b", Sizes.MODEL_B);
                TUint8 bytes = GoldenModel.bytes(pixels, 1, 60, 60, 3)) {
            GoldenModel.Outputs outputs = model.run(Signature.ENCODE_VISION, Map.of("pixels", bytes), tensors);
            tensors.forEach(name -> outputs.assertMatches(name, golden.get(name).floats()));
        }
    }
}
