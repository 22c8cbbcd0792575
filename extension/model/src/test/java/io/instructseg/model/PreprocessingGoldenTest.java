package io.instructseg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.format.Signature;
import io.instructseg.model.resolution.MaskResolution;

/** What the graph does to pixels before the model and to masks behind it, against the goldens of the official processors. */
class PreprocessingGoldenTest {

    private static final Path GOLDEN = GoldenModel.GOLDEN.resolve("preprocessing");

    @Test
    void everyByteIsNormalisedAsOfficially() throws IOException {
        SafetensorsFile table = new SafetensorsFile(GOLDEN.resolve("normalisation_lut.safetensors"));
        float[] siglip = table.get("siglip").floats();
        float[] swin = table.get("swin").floats();
        try (GoldenModel model = new GoldenModel("model-b", Sizes.MODEL_B)) {
            float[] clip = normalised(model, Signature.ENCODE_VISION, "images_clip", 60);
            float[] images = normalised(model, Signature.ENCODE_BACKBONE, "images", 96);
            for (int i = 0; i < clip.length; i++) {
                assertThat(clip[i]).isCloseTo(siglip[i / 3 % 256], within(1e-6f));
            }
            for (int i = 0; i < images.length; i++) {
                assertThat(images[i]).isCloseTo(swin[i % 3 * 256 + i / 3 % 256], within(1e-6f));
            }
        }
    }

    /** A picture whose n-th pixel has the value n in all three channels. */
    private static float[] normalised(GoldenModel model, Signature signature, String tensor, int side) {
        byte[] pixels = new byte[side * side * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i / 3);
        }
        try (TUint8 bytes = GoldenModel.bytes(pixels, 1, side, side, 3)) {
            return model.run(signature, Map.of("pixels", bytes), List.of(tensor)).values().get(tensor);
        }
    }

    static List<JsonNode> cases() throws IOException {
        return List.copyOf(new ObjectMapper().readerForListOf(JsonNode.class)
                .<List<JsonNode>> readValue(GOLDEN.resolve("postprocess.json").toFile()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void masksAreResolvedAsOfficially(JsonNode description) throws IOException {
        SafetensorsFile golden = new SafetensorsFile(GOLDEN.resolve("postprocess.safetensors"));
        String id = description.get("id").asText();
        int queries = description.get("queries").asInt();
        try (Graph graph = new Graph();
                Session session = new Session(graph);
                Tensor masks = floats(golden.get(id + "/logits"), 1, queries);
                Tensor classes = GoldenModel.floats(golden.get(id + "/class_logits").floats(), 1, queries)) {
            Ops tf = Ops.create(graph);
            MaskResolution resolution = new MaskResolution(tf, description.get("S").asInt());
            Operand<TInt32> selection = resolution.select(tf.constant(0),
                    tf.constant(IntStream.range(0, queries).toArray()));
            Operand<TFloat32> maskLogits = tf.placeholder(TFloat32.class);
            Operand<TFloat32> segLogits = tf.placeholder(TFloat32.class);
            Operand<TFloat32> resized = resolution.resize(maskLogits, selection,
                    size(tf, description, "resized_height", "resized_width"), size(tf, description, "height", "width"));
            Operand<TFloat32> scores = resolution.scores(segLogits, selection, resized);
            try (Result result = session.runner().feed(maskLogits, masks).feed(segLogits, classes).fetch(resized)
                    .fetch(scores).run()) {
                assertClose(result.get(0), golden.get(id + "/resized_logits").floats(), 5e-5f);
                assertClose(result.get(1), golden.get(id + "/scores").floats(), 1e-6f);
            }
        }
    }

    private static Tensor floats(SafetensorsFile.Tensor maps, int items, int queries) {
        return GoldenModel.floats(maps.floats(), items, queries, maps.shape()[1], maps.shape()[2]);
    }

    private static Operand<TInt32> size(Ops tf, JsonNode description, String height, String width) {
        return tf.constant(new int[] { description.get(height).asInt(), description.get(width).asInt() });
    }

    private static void assertClose(Tensor actual, float[] expected, float tolerance) {
        assertThat(GoldenModel.floats(actual)).containsExactly(expected, within(tolerance));
    }
}
