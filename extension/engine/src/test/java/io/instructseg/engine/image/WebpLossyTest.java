package io.instructseg.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

import org.junit.jupiter.api.Test;

/**
 * Lossy WebP is the one format that is not decoded exactly: TwelveMonkeys takes pixels before their block's neighbors have
 * been filtered, and repeats the chroma samples where libwebp interpolates them. This pins how far off it is, so that a
 * change is noticed; single pixels at block borders are up to 109 levels off.
 */
class WebpLossyTest {

    @Test
    void isCloseToPillowOnAverage() throws IOException {
        RgbImage actual = Goldens.decode("images/webp_lossy.webp");
        RgbImage expected = Goldens.decode("decoded/webp_lossy.webp.pil.png");
        assertThat(actual.width()).isEqualTo(expected.width());
        long sum = 0;
        for (int i = 0; i < expected.pixels().length; i++) {
            sum += Math.abs((actual.pixels()[i] & 0xff) - (expected.pixels()[i] & 0xff));
        }
        assertThat((double) sum / expected.pixels().length).isBetween(3.0, 4.1);
    }
}
