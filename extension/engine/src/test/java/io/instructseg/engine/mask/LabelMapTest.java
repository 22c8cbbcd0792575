package io.instructseg.engine.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.Safetensors;
import io.instructseg.checkpoint.TensorInfo;
import io.instructseg.engine.image.RgbImage;

class LabelMapTest {

    private static final Path GOLDEN = Path.of(System.getProperty("instructseg.test-data"), "golden");

    @ParameterizedTest
    @CsvSource({ "model-a, 0", "model-a, 3", "model-b, 0", "model-b, 3" })
    void mergesByProbabilityAsTheOfficialCode(String model, int frame) throws IOException {
        Path cases = GOLDEN.resolve(model).resolve("cases");
        try (Checkpoint fused = Safetensors.openFile(cases.resolve("rvos_davis_fused.safetensors"))) {
            TensorInfo info = fused.tensors().get("frame_" + frame);
            int height = info.shape().get(0).intValue();
            int width = info.shape().get(1).intValue();
            ProbabilityMerger merger = new ProbabilityMerger(width, height);
            for (int object = 0; object < 2; object++) {
                merger.add(object, logits(cases.resolve("rvos_davis_f" + frame + "_o" + object), width * height));
            }
            assertThat(labels(merger.labels())).isEqualTo(fused.readIntegers("frame_" + frame));
        }
    }

    private static float[] logits(Path directory, int pixels) throws IOException {
        FloatBuffer logits = FloatBuffer.allocate(pixels);
        try (Checkpoint result = Safetensors.openFile(directory.resolve("result.safetensors"))) {
            result.readFloat32("winner_mask_logits", logits::put);
        }
        return logits.array();
    }

    private static long[] labels(LabelMap map) {
        long[] labels = new long[map.width() * map.height()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = map.get(i % map.width(), i / map.width());
        }
        return labels;
    }

    @Test
    void theBackgroundWinsWhereNoObjectIsProbable() {
        ProbabilityMerger merger = new ProbabilityMerger(4, 1);
        assertThat(labels(merger.labels())).containsOnly(0);
        // 0.5 is no more than the background's 0.5
        merger.add(0, new float[] { 0, 0.1f, -1, -0.2f });
        assertThat(labels(merger.labels())).containsExactly(0, 1, 0, 0);
        // 0.45 each leave the background 0.3; of equal ones the first wins
        merger.add(254, new float[] { 0.1f, 0.1f, -9, -0.2f });
        assertThat(labels(merger.labels())).containsExactly(255, 1, 0, 1);
    }

    @Test
    void laterMasksLieAboveEarlierOnes() {
        Mask first = Mask.of(3, 2, new boolean[] { true, true, false, false, true, false });
        Mask second = Mask.of(3, 2, new boolean[] { false, true, true, false, false, false });
        LabelMap merged = LabelMap.overlapping(3, 2, List.of(first, second));
        assertThat(labels(merged)).containsExactly(1, 2, 2, 0, 1, 0);
        assertThat(labels(LabelMap.overlapping(3, 2, List.of(second, first)))).containsExactly(2, 2, 1, 0, 2, 0);
        assertThat(merged).isEqualTo(LabelMap.overlapping(3, 2, List.of(first, second)))
                .hasSameHashCodeAs(LabelMap.overlapping(3, 2, List.of(first, second)))
                .isNotEqualTo(LabelMap.overlapping(3, 2, List.of(first)));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> merged.get(3, 0));
    }

    @Test
    void refusesWhatHasNoLabel() {
        Mask mask = Mask.empty(3, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LabelMap.overlapping(3, 2, Collections.nCopies(256, mask)))
                .withMessage("found 256 objects, expected at most 255");
        assertThatIllegalArgumentException().isThrownBy(() -> LabelMap.overlapping(2, 3, List.of(mask)))
                .withMessage("masks[0]: found 3x2 pixels, expected 2x3");
        ProbabilityMerger merger = new ProbabilityMerger(3, 2);
        assertThatIllegalArgumentException().isThrownBy(() -> merger.add(255, new float[6]));
        assertThatIllegalArgumentException().isThrownBy(() -> merger.add(0, new float[5]))
                .withMessage("found 5 logits, expected 3x2");
    }

    /** DAVIS' colors: 1 dark red, 2 dark green, 9 a lighter red; those behind the named ones are grays. */
    @Test
    void pngHasTheLabelsInTheColorsOfDavis() throws IOException {
        List<Mask> masks = Collections.nCopies(254, Mask.empty(70, 3));
        Mask one = Mask.of(70, 3, pixel(140));
        LabelMap map = LabelMap.overlapping(70, 3, Stream.concat(masks.stream(),
                Stream.of(one)).toList());
        BufferedImage png = ImageIO.read(new ByteArrayInputStream(map.toPng()));
        assertThat(png.getWidth()).isEqualTo(70);
        int[] pixels = png.getRaster().getPixels(0, 0, 70, 3, (int[]) null);
        assertThat(pixels).hasSize(210);
        for (int i = 0; i < pixels.length; i++) {
            assertThat(pixels[i]).isEqualTo(i == 140 ? 255 : 0);
        }
        IndexColorModel colors = (IndexColorModel) png.getColorModel();
        assertThat(colors.getMapSize()).isEqualTo(256);
        assertThat(new int[] { colors.getRGB(0), colors.getRGB(1), colors.getRGB(2), colors.getRGB(9), colors.getRGB(21),
                colors.getRGB(22), colors.getRGB(255) })
                .containsExactly(0xff000000, 0xff800000, 0xff008000, 0xffbf0000, 0xff804080, 0xff161616, 0xffffffff);
    }

    private static boolean[] pixel(int index) {
        boolean[] values = new boolean[210];
        values[index] = true;
        return values;
    }

    /** Half red, half green, over gray; they touch in the middle. */
    @Test
    void anOverlayHasObjectsInTheirColorsWithContours() {
        int size = 40;
        boolean[] left = new boolean[size * size];
        boolean[] right = new boolean[size * size];
        for (int i = 0; i < left.length; i++) {
            int x = i % size;
            boolean within = i / size >= 10 && i / size < 30;
            left[i] = within && x >= 10 && x < 20;
            right[i] = within && x >= 20 && x < 30;
        }
        byte[] gray = new byte[size * size * 3];
        Arrays.fill(gray, (byte) 100);
        RgbImage image = new RgbImage(size, size, gray);
        LabelMap labels = LabelMap.overlapping(size, size, List.of(Mask.of(size, size, left), Mask.of(size, size, right)));
        RgbImage painted = Overlay.paint(image, labels);
        for (int edge : new int[] { 10, 19, 20, 29 }) {
            assertThat(pixel(painted, edge, 15)).as("contour").containsExactly(255, 255, 255);
        }
        int[] red = pixel(painted, 15, 15);
        assertThat(red[0]).isGreaterThan(100);
        assertThat(List.of(red[1], red[2])).allMatch(value -> value < 100);
        int[] green = pixel(painted, 25, 15);
        assertThat(green).containsExactly(red[1], red[0], red[2]);
        int[] outside = pixel(painted, 3, 3);
        assertThat(outside).containsExactly(outside[0], outside[0], outside[0]);
        assertThat(outside[0]).isLessThan(100);
        assertThat(gray).containsOnly(100);
        assertThatIllegalArgumentException().isThrownBy(() -> Overlay.paint(new RgbImage(1, 1, new byte[3]), labels))
                .withMessage("labels of 40x40 over a picture of 1x1");
    }

    private static int[] pixel(RgbImage image, int x, int y) {
        int from = (y * image.width() + x) * 3;
        return new int[] { image.pixels()[from] & 0xff, image.pixels()[from + 1] & 0xff, image.pixels()[from + 2] & 0xff };
    }
}
