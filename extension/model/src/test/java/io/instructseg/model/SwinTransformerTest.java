package io.instructseg.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.tensorflow.types.TUint8;

import io.instructseg.format.Signature;

class SwinTransformerTest extends ModelBTest {

    private static final int SIDE = Sizes.MODEL_B.backbone().imageSize();
    private static final List<String> MAPS = List.of("res2", "res3", "res4", "res5");

    @Test
    void everyTensorMatchesTheOfficialOne() throws IOException {
        SafetensorsFile golden = GoldenModel.golden("model-b", "res_landscape", "swin");
        List<String> tensors = new ArrayList<>(golden.tensors().keySet());
        assertThat(tensors).hasSize(28);
        GoldenModel.Outputs outputs = run(picture("res_landscape"), 1, tensors);
        for (String name : tensors) {
            SafetensorsFile.Tensor tensor = golden.get(name);
            float[] expected = tensor.shape().length == 4 ? GoldenModel.channelsLast(tensor) : tensor.floats();
            if (name.endsWith("attn.mask")) {
                assertThat(outputs.values().get(name)).as(name).isEqualTo(expected);
            } else {
                outputs.assertMatches(name, expected);
            }
        }
    }

    @Test
    void aBatchMatchesTheOfficialOne() throws IOException {
        SafetensorsFile golden = GoldenModel.golden("model-b", "res_batch", "swin");
        byte[] pixels = bytes(GoldenModel.golden("model-b", "res_batch", "preprocess").get("images"));
        run(pixels, 2, List.of("res5")).assertMatches("res5", GoldenModel.channelsLast(golden.get("res5")));
    }

    @Test
    void aPicturesMapsDoNotDependOnItsNeighbours() throws IOException {
        byte[] first = picture("res_landscape");
        byte[] second = picture("res_portrait");
        byte[] both = Arrays.copyOf(first, 2 * first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        GoldenModel.Outputs together = run(both, 2, MAPS);
        for (String name : MAPS) {
            float[] joined = together.values().get(name);
            int half = joined.length / 2;
            new GoldenModel.Outputs(Map.of(name, Arrays.copyOf(joined, half)))
                    .assertMatches(name, run(first, 1, MAPS).values().get(name));
            new GoldenModel.Outputs(Map.of(name, Arrays.copyOfRange(joined, half, 2 * half)))
                    .assertMatches(name, run(second, 1, MAPS).values().get(name));
        }
    }

    private static GoldenModel.Outputs run(byte[] pixels, int batch, List<String> tensors) {
        try (TUint8 bytes = GoldenModel.bytes(pixels, batch, SIDE, SIDE, 3)) {
            return model.run(Signature.ENCODE_BACKBONE, Map.of("pixels", bytes), tensors);
        }
    }

    /** The resized picture of a case, padded right and bottom with 128. */
    private static byte[] picture(String testCase) throws IOException {
        SafetensorsFile.Tensor resized = GoldenModel.golden("model-b", testCase, "preprocess").get("image_rgb_u8_resized");
        byte[] pixels = new byte[SIDE * SIDE * 3];
        Arrays.fill(pixels, (byte) 128);
        int row = (int) resized.shape()[1] * 3;
        for (int y = 0; y < resized.shape()[0]; y++) {
            resized.data().get(y * row, pixels, y * SIDE * 3, row);
        }
        return pixels;
    }

    /** Pixels that were normalised to {@code [b, 3, s, s]}. */
    private static byte[] bytes(SafetensorsFile.Tensor images) {
        double[] mean = { 123.675, 116.28, 103.53 };
        double[] deviation = { 58.395, 57.12, 57.375 };
        float[] values = GoldenModel.channelsLast(images);
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.round(values[i] * deviation[i % 3] + mean[i % 3]);
        }
        return pixels;
    }
}
