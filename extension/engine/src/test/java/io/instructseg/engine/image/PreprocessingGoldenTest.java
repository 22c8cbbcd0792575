package io.instructseg.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

/** Resized pictures of the official preprocessing, bit for bit. */
class PreprocessingGoldenTest {

    @Test
    void siglipInputsAreExact() throws IOException {
        Goldens.Tensors tensors = Goldens.Tensors.read("siglip.safetensors");
        int compared = 0;
        for (JsonNode imageCase : Goldens.decodable()) {
            if (imageCase.has("siglip")) {
                compared += compareSiglip(tensors, seenByOpenCv(imageCase), imageCase.get("siglip"));
            }
            if (imageCase.has("siglip_from_pil")) {
                RgbImage image = Goldens.decode(imageCase.get("file").asText());
                compared += compareSiglip(tensors, image, imageCase.get("siglip_from_pil"));
            }
        }
        assertThat(compared).isEqualTo(tensors.header().size());
    }

    /** The official SigLIP branch decodes with OpenCV; where that differs, its pixels are stored. */
    private static RgbImage seenByOpenCv(JsonNode imageCase) throws IOException {
        boolean same = imageCase.get("cv2_decoded").get("sha256_rgb").equals(imageCase.get("pil_decoded").get("sha256_rgb"));
        return same ? seenByPillow(imageCase) : Goldens.decode(imageCase.get("cv2_decoded").get("png").asText());
    }

    private static RgbImage seenByPillow(JsonNode imageCase) throws IOException {
        return Goldens.decode(imageCase.get("file").asText());
    }

    private static int compareSiglip(Goldens.Tensors tensors, RgbImage image, JsonNode sizes) {
        int compared = 0;
        for (Map.Entry<String, JsonNode> entry : sizes.properties()) {
            String tensor = entry.getValue().asText();
            if (tensors.has(tensor)) {
                int size = Integer.parseInt(entry.getKey());
                assertSame(tensor, Preprocessing.siglipInput(image, size), tensors.image(tensor));
                compared++;
            }
        }
        return compared;
    }

    @Test
    void backboneInputsAreExact() throws IOException {
        Goldens.Tensors tensors = Goldens.Tensors.read("swin.safetensors");
        int compared = 0;
        for (JsonNode imageCase : Goldens.decodable()) {
            RgbImage image = seenByPillow(imageCase);
            for (Map.Entry<String, JsonNode> entry : imageCase.get("swin").properties()) {
                int size = Integer.parseInt(entry.getKey());
                if (entry.getValue().has("error")) {
                    assertOnePixelIsLeft(image, size);
                } else if (tensors.has(entry.getValue().get("tensor").asText())) {
                    String tensor = entry.getValue().get("tensor").asText();
                    assertContent(tensor, Preprocessing.backboneInput(image, size), tensors.image(tensor));
                    compared++;
                }
            }
        }
        assertThat(compared).isEqualTo(tensors.header().size());
    }

    /** Where the official code fails. */
    private static void assertOnePixelIsLeft(RgbImage image, int size) {
        boolean wide = image.width() > image.height();
        int width = wide ? size : 1;
        int height = wide ? 1 : size;
        assertContent(image.width() + "x" + image.height(), Preprocessing.backboneInput(image, size),
                PillowResize.bilinear(image, width, height));
    }

    private static void assertContent(String what, BackboneInput input, RgbImage expected) {
        assertThat(input.contentHeight()).as(what).isEqualTo(expected.height());
        assertThat(input.contentWidth()).as(what).isEqualTo(expected.width());
        RgbImage image = input.image();
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                boolean content = y < expected.height() && x < expected.width();
                for (int c = 0; c < 3; c++) {
                    int value = image.pixels()[(y * image.width() + x) * 3 + c] & 0xff;
                    int want = content ? expected.pixels()[(y * expected.width() + x) * 3 + c] & 0xff : 128;
                    if (value != want) {
                        assertThat(value).as("%s at row %d, column %d, channel %d", what, y, x, c).isEqualTo(want);
                    }
                }
            }
        }
    }

    @Test
    void paddedInputsOfTheRealSizeAreExact() throws IOException {
        for (Map.Entry<String, JsonNode> entry : Goldens.images().get("swin1024").properties()) {
            BackboneInput input = Preprocessing.backboneInput(Goldens.decode("images/" + entry.getKey()), 1024);
            JsonNode expected = entry.getValue();
            assertThat(input.contentHeight()).isEqualTo(expected.get("resized_height").asInt());
            assertThat(input.contentWidth()).isEqualTo(expected.get("resized_width").asInt());
            assertThat(Goldens.sha256(input.image())).as(entry.getKey())
                    .isEqualTo(expected.get("sha256_padded_rgb").asText());
            if (Files.exists(Goldens.DIRECTORY.resolve(expected.get("png").asText()))) {
                assertSame(entry.getKey(), input.image(), Goldens.decode(expected.get("png").asText()));
            }
        }
    }

    @Test
    void outputShapesFollowTheOfficialRule() throws IOException {
        for (JsonNode row : Goldens.images().get("resize_shortest_edge").get("rows")) {
            int size = row.get(0).asInt();
            int height = row.get(3).asInt();
            int width = row.get(4).asInt();
            assertThat(Preprocessing.contentShape(row.get(1).asInt(), row.get(2).asInt(), size)).as(row.toString())
                    .containsExactly(height, width);
        }
    }

    private static void assertSame(String what, RgbImage actual, RgbImage expected) {
        assertThat(actual.width()).as(what).isEqualTo(expected.width());
        assertThat(actual.pixels()).as(what).isEqualTo(expected.pixels());
    }
}
