package io.instructseg.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.function.BiConsumer;

/** What a decoder owes to damaged files: pixels or a refusal of its own. */
final class DamagedPictures {

    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 100_000);

    private DamagedPictures() {
    }

    /** Damages copies of the files in turn, and asserts that some decode and some are refused, and nothing else happens. */
    static void assertDecodedOrRefused(byte[][] files, int runs, BiConsumer<Random, byte[]> damage) {
        Random random = new Random(20241214);
        int refused = 0;
        for (int i = 0; i < runs; i++) {
            byte[] file = files[i % files.length].clone();
            damage.accept(random, file);
            try {
                RgbImage image = ImageDecoder.decode(file, LIMITS).image();
                assertThat(image.width() * image.height()).isLessThanOrEqualTo(100_000);
            } catch (ImageException e) {
                assertThat(e).hasNoCause(); // refused for what it is, not for an array's bounds
                refused++;
            }
        }
        assertThat(refused).isBetween(101, runs - 101);
    }

    static void assertRefused(byte[] data, String message) {
        assertThatThrownBy(() -> ImageDecoder.decode(data, ImageLimits.DEFAULT)).isInstanceOf(ImageException.class)
                .hasMessageContaining(message);
    }
}
