package io.instructseg.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;

/** What holds for any resize; the exact values are in {@link PreprocessingGoldenTest}. */
class PillowResizeTest {

    static RgbImage noise(int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        new Random(width * 31L + height).nextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    @Test
    void theSameSizeIsTheSamePicture() {
        RgbImage image = noise(31, 17);
        assertThat(PillowResize.bicubic(image, 31, 17).pixels()).isEqualTo(image.pixels());
        assertThat(PillowResize.bilinear(image, 31, 17).pixels()).isEqualTo(image.pixels());
    }

    @Test
    void aConstantPictureStaysConstant() {
        for (int value : new int[] { 0, 1, 127, 128, 254, 255 }) {
            byte[] pixels = new byte[23 * 41 * 3];
            Arrays.fill(pixels, (byte) value);
            for (int size : new int[] { 1, 7, 24, 100 }) {
                byte[] expected = new byte[size * (size + 3) * 3];
                Arrays.fill(expected, (byte) value);
                RgbImage image = new RgbImage(23, 41, pixels);
                assertThat(PillowResize.bicubic(image, size, size + 3).pixels()).isEqualTo(expected);
                assertThat(PillowResize.bilinear(image, size, size + 3).pixels()).isEqualTo(expected);
            }
        }
    }

    @Test
    void mirroringCommutesWithResizing() {
        RgbImage image = noise(50, 20);
        RgbImage mirroredFirst = PillowResize.bilinear(Orientation.MIRRORED.apply(image), 25, 10);
        RgbImage resizedFirst = Orientation.MIRRORED.apply(PillowResize.bilinear(image, 25, 10));
        assertThat(mirroredFirst.pixels()).isEqualTo(resizedFirst.pixels());
    }

    @Test
    void halvingABlackAndWhiteEdgeAveragesIt() {
        // output pixel 0 of a 2:1 bilinear reduction of [0, 0, 255, 255]: weights 3/7, 3/7, 1/7 over pixels 0..2
        RgbImage edge = new RgbImage(4, 1, new byte[] { 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1 });
        RgbImage half = PillowResize.bilinear(edge, 2, 1);
        assertThat(half.pixels()).containsExactly(36, 36, 36, 219, 219, 219);
    }

    @Test
    void refusesAnEmptySize() {
        assertThatThrownBy(() -> PillowResize.bilinear(noise(2, 2), 0, 5)).isInstanceOf(IllegalArgumentException.class);
    }
}
