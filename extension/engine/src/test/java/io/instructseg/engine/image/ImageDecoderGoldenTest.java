package io.instructseg.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

/** Every input of the goldens against the RGB bytes of Pillow 10.2. */
class ImageDecoderGoldenTest {

    static List<String> decodable() throws IOException {
        return Goldens.decodable().stream().map(Goldens::name).toList();
    }

    @ParameterizedTest
    @MethodSource("decodable")
    void decodesToPillowsPixels(String name) throws IOException {
        JsonNode expected = Goldens.decodable().stream().filter(c -> Goldens.name(c).equals(name)).findFirst().orElseThrow()
                .get("pil_decoded");
        DecodedImage decoded = ImageDecoder.decode(Goldens.bytes("images/" + name), ImageLimits.DEFAULT);
        assertThat(decoded.image().width()).isEqualTo(expected.get("width").asInt());
        assertThat(decoded.image().height()).isEqualTo(expected.get("height").asInt());
        assertThat(decoded.truncated()).isEqualTo(name.equals("jpeg_truncated.jpg"));
        assertThat(Goldens.sha256(decoded.image())).isEqualTo(expected.get("sha256_rgb").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = { "corrupt.jpg", "empty.png" })
    void refusesWhatPillowRefuses(String name) {
        assertThatThrownBy(() -> Goldens.decode("images/" + name)).isInstanceOf(ImageException.class);
    }

    @Test
    void coversEveryFormat() throws IOException {
        assertThat(decodable()).hasSizeGreaterThan(40).anyMatch(n -> n.endsWith(".webp")).anyMatch(n -> n.endsWith(".gif"))
                .anyMatch(n -> n.endsWith(".bmp")).anyMatch(n -> n.endsWith(".jpg")).anyMatch(n -> n.endsWith(".png"));
    }
}
