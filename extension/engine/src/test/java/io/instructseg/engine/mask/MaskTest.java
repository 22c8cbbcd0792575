package io.instructseg.engine.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.image.RgbImage;

class MaskTest {

    static Mask random(Random random, int width, int height, double density) {
        boolean[] values = new boolean[width * height];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextDouble() < density;
        }
        return Mask.of(width, height, values);
    }

    @Test
    void agreesWithTheValuesItIsMadeOf() {
        Random random = new Random(1);
        for (int width : new int[] { 1, 2, 63, 64, 65, 200 }) {
            boolean[] values = new boolean[width * 7];
            ByteBuffer bytes = ByteBuffer.allocateDirect(width * 7 + 3).position(3);
            int area = 0;
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextBoolean();
                bytes.put(3 + i, (byte) (values[i] ? 1 + random.nextInt(255) : 0));
                area += values[i] ? 1 : 0;
            }
            Mask mask = Mask.of(width, 7, values);
            assertThat(Mask.of(width, 7, bytes)).isEqualTo(mask).hasSameHashCodeAs(mask);
            assertThat(mask.area()).isEqualTo(area);
            for (int i = 0; i < values.length; i++) {
                assertThat(mask.get(i % width, i / width)).isEqualTo(values[i]);
            }
        }
    }

    @Test
    void boxIsTheSmallestAroundTheMask() {
        boolean[] values = new boolean[70 * 5];
        assertThat(Mask.of(70, 5, values).boundingBox()).isEmpty();
        values[1 * 70 + 64] = true;
        assertThat(Mask.of(70, 5, values).boundingBox()).contains(new Box(64, 1, 1, 1));
        values[4 * 70 + 3] = true;
        assertThat(Mask.of(70, 5, values).boundingBox()).contains(new Box(3, 1, 62, 4));
        values[0] = true;
        values[70 * 5 - 1] = true;
        assertThat(Mask.of(70, 5, values).boundingBox()).contains(new Box(0, 0, 70, 5));
    }

    @Test
    void iouCountsSharedPixels() {
        Mask a = Mask.of(2, 2, new boolean[] { true, true, false, false });
        Mask b = Mask.of(2, 2, new boolean[] { true, false, true, false });
        Mask empty = Mask.empty(2, 2);
        assertThat(empty).isEqualTo(Mask.of(2, 2, new boolean[4]));
        assertThat(a.iou(b)).isEqualTo(1.0 / 3);
        assertThat(a.iou(a)).isEqualTo(1);
        assertThat(a.iou(empty)).isZero();
        assertThat(empty.iou(empty)).isEqualTo(1);
        Mask wide = Mask.of(4, 1, new boolean[4]);
        assertThatThrownBy(() -> a.iou(wide)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("4x1");
    }

    @Test
    void refusesPixelsAndValuesThatDoNotFit() {
        Mask mask = Mask.of(3, 2, new boolean[6]);
        assertThatThrownBy(() -> mask.get(3, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> mask.get(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Mask.of(3, 3, new boolean[6])).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("9").hasMessageContaining("6");
        assertThatThrownBy(() -> Mask.of(65536, 65536, new boolean[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Mask.empty(65536, 65536)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536x65536");
        assertThatThrownBy(() -> Mask.empty(0, 1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0x1");
    }

    @Test
    void pngHoldsTheMask() throws IOException {
        Mask mask = random(new Random(2), 301, 97, 0.3);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(mask.toPng()));
        Raster raster = image.getRaster();
        assertThat(raster.getNumBands()).isEqualTo(1);
        for (int y = 0; y < 97; y++) {
            for (int x = 0; x < 301; x++) {
                assertThat(raster.getSample(x, y, 0)).isEqualTo(mask.get(x, y) ? 255 : 0);
            }
        }
    }

    @Test
    void overlayTintsTheMaskAndDrawsItsContour() throws IOException {
        int size = 40;
        boolean[] values = new boolean[size * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % size >= 10 && i % size < 30 && i / size >= 10 && i / size < 30;
        }
        byte[] gray = new byte[size * size * 3];
        Arrays.fill(gray, (byte) 100);
        byte[] png = Overlay.png(new RgbImage(size, size, gray), Mask.of(size, size, values));
        Raster raster = ImageIO.read(new ByteArrayInputStream(png)).getRaster();
        assertThat(raster.getWidth()).isEqualTo(size);
        assertThat(raster.getPixel(10, 15, (int[]) null)).as("contour").containsExactly(255, 255, 255);
        assertThat(raster.getPixel(29, 29, (int[]) null)).as("corner").containsExactly(255, 255, 255);
        int[] inside = raster.getPixel(20, 20, (int[]) null);
        assertThat(inside[2]).as("blue").isGreaterThan(inside[1]).isGreaterThan(100);
        assertThat(inside[0]).as("red").isLessThan(100);
        int[] outside = raster.getPixel(3, 3, (int[]) null);
        assertThat(outside).as("dimmed").containsExactly(outside[0], outside[0], outside[0]);
        assertThat(outside[0]).isLessThan(100);
        assertThatThrownBy(() -> Overlay.png(new RgbImage(1, 1, new byte[3]), Mask.of(2, 1, new boolean[2])))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2x1");
    }
}
