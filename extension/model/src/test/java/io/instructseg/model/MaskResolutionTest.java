package io.instructseg.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

import io.instructseg.format.Signature;

class MaskResolutionTest extends ModelBTest {

    private static final int QUERIES = Sizes.MODEL_B.maskDecoder().queries();
    private static final int SIDE = Sizes.MODEL_B.backbone().side(0);
    private static final int[] ALL = IntStream.range(0, QUERIES).toArray();
    private static final List<String> OUTPUTS = List.of("scores", "masks", "resized_logits");
    /** golden/README.md, section 10. */
    private static final float SCORE_TOLERANCE = 1e-3f;
    private static final double FLIPPED_PIXELS = 5e-5;

    @ParameterizedTest
    @ValueSource(strings = { "reasonseg", "res_batch", "res_empty", "res_exif_jpeg", "res_extreme", "res_landscape",
            "res_landscape_small", "res_long", "res_portrait", "res_short", "res_square", "res_unicode" })
    void scoresAndTheWinnersMaskMatchTheOfficialOnes(String testCase) throws IOException {
        SafetensorsFile golden = GoldenModel.golden("model-b", testCase, "result");
        int winner = golden.get("winner").ints()[0];
        Case input = new Case(testCase);
        GoldenModel.Outputs outputs = input.run(0, ALL);
        float[] scores = outputs.values().get("scores");
        assertThat(scores).containsExactly(golden.get("scores").floats(), within(SCORE_TOLERANCE));
        assertThat(IntStream.of(ALL).boxed().max(Comparator.comparing(query -> scores[query]))).hasValue(winner);
        new GoldenModel.Outputs(Map.of("winner_mask_logits", part(outputs.values().get("resized_logits"), winner, QUERIES)))
                .assertMatches("winner_mask_logits", golden.get("winner_mask_logits").floats());
    }

    @Test
    void masksMatchTheOfficialOnes() throws IOException {
        ByteBuffer golden = GoldenModel.golden("model-b", "res_landscape", "result").get("masks").data();
        float[] masks = new Case("res_landscape").run(0, ALL).values().get("masks");
        assertThat(masks).hasSize(golden.remaining());
        long flipped = IntStream.range(0, masks.length).filter(i -> masks[i] != golden.get(i)).count();
        assertThat(flipped).isLessThanOrEqualTo((long) (masks.length * FLIPPED_PIXELS));
    }

    @Test
    void onlyTheItemAndTheQueriesAskedForAreResolved() throws IOException {
        Case input = new Case("res_batch");
        int[] queries = { 7, 2, 7 };
        Map<String, float[]> all = input.run(1, ALL).values();
        Map<String, float[]> some = input.run(1, queries).values();
        for (int i = 0; i < queries.length; i++) {
            // the order of a sum may depend on how many there are
            assertThat(some.get("scores")[i]).isCloseTo(all.get("scores")[queries[i]], within(1e-6f));
            for (String name : List.of("masks", "resized_logits")) {
                assertThat(part(some.get(name), i, queries.length)).as(name)
                        .isEqualTo(part(all.get(name), queries[i], QUERIES));
            }
        }
        assertThat(part(all.get("resized_logits"), 7, QUERIES))
                .isNotEqualTo(part(input.run(0, ALL).values().get("resized_logits"), 7, QUERIES));
    }

    @Test
    void aQueryWithoutForegroundScoresNothing() {
        float[] logits = new float[QUERIES * SIDE * SIDE];
        Arrays.fill(logits, 0, SIDE * SIDE, -1f);
        Map<String, float[]> values = run(logits, new float[QUERIES], 1, 0, new int[] { 0, 1 }, new int[] { 96, 7 },
                new int[] { 5, 3 });
        assertThat(values.get("scores")).containsExactly(0f, 0f);
        assertThat(values.get("masks")).containsOnly(0f).hasSize(2 * 5 * 3);
    }

    /** Against an evaluation in double: neither the resizing nor the sums over 12 million pixels may lose what matters. */
    @Test
    void aLargePictureThatIsAllForegroundHasAnAccurateScore() {
        Random random = new Random(5);
        float[] logits = new float[QUERIES * SIDE * SIDE];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = 0.05f + 3 * random.nextFloat();
        }
        Map<String, float[]> values = run(logits, new float[QUERIES], 1, 0, new int[] { 3 }, new int[] { 72, 96 },
                new int[] { 3000, 4000 });
        double[][] map = new double[SIDE][SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            map[i / SIDE][i % SIDE] = logits[3 * SIDE * SIDE + i];
        }
        double[][] content = Arrays.copyOf(bilinear(map, 4 * SIDE, 4 * SIDE), 72);
        double[][] expected = bilinear(content, 3000, 4000);
        double sum = 0;
        double worst = 0;
        int foreground = 0;
        for (int i = 0; i < 3000 * 4000; i++) {
            double logit = expected[i / 4000][i % 4000];
            sum += 1 / (1 + Math.exp(-logit));
            worst = Math.max(worst, Math.abs(logit - values.get("resized_logits")[i]));
            foreground += (int) values.get("masks")[i];
        }
        assertThat(worst).isLessThan(5e-4);
        assertThat(foreground).isEqualTo(3000 * 4000);
        assertThat((double) values.get("scores")[0]).isCloseTo(0.5 * sum / (3000 * 4000), within(1e-6));
    }

    /** What PyTorch's {@code interpolate(mode="bilinear", align_corners=False)} says. */
    private static double[][] bilinear(double[][] map, int height, int width) {
        double[][] result = new double[height][width];
        for (int y = 0; y < height; y++) {
            double row = Math.max((y + 0.5) * map.length / height - 0.5, 0);
            int top = (int) row;
            int bottom = Math.min(top + 1, map.length - 1);
            for (int x = 0; x < width; x++) {
                double column = Math.max((x + 0.5) * map[0].length / width - 0.5, 0);
                int left = (int) column;
                int right = Math.min(left + 1, map[0].length - 1);
                double above = map[top][left] + (map[top][right] - map[top][left]) * (column - left);
                double below = map[bottom][left] + (map[bottom][right] - map[bottom][left]) * (column - left);
                result[y][x] = above + (below - above) * (row - top);
            }
        }
        return result;
    }

    /** Part {@code index} of {@code count} equal ones. */
    private static float[] part(float[] values, int index, int count) {
        int size = values.length / count;
        return Arrays.copyOfRange(values, index * size, (index + 1) * size);
    }

    private static Map<String, float[]> run(float[] maskLogits, float[] segLogits, int batch, int item, int[] queries,
            int[] contentSize, int[] imageSize) {
        try (TFloat32 masks = GoldenModel.floats(maskLogits, batch, QUERIES, SIDE, SIDE);
                TFloat32 seg = GoldenModel.floats(segLogits, batch, QUERIES);
                TInt32 itemIndex = TInt32.scalarOf(item);
                TInt32 queryIndices = GoldenModel.ints(queries, queries.length);
                TInt32 content = GoldenModel.ints(contentSize, 2);
                TInt32 image = GoldenModel.ints(imageSize, 2)) {
            return model.run(Signature.RESOLVE_MASKS, Map.of("mask_logits", masks, "seg_logits", seg, "item", itemIndex,
                    "queries", queryIndices, "content_size", content, "image_size", image), OUTPUTS).values();
        }
    }

    /** The mask decoder's official output of a case, and its picture's sizes. */
    private record Case(SafetensorsFile decoder, int batch, int[] contentSize, int[] imageSize) {

        Case(String name) throws IOException {
            this(GoldenModel.golden("model-b", name, "mask_decoder"), name.equals("res_batch") ? 2 : 1,
                    contentSize(GoldenModel.golden("model-b", name, "preprocess").get("padding_mask").data()),
                    imageSize(GoldenModel.golden("model-b", name, "result").get("winner_mask_logits").shape()));
        }

        private static int[] contentSize(ByteBuffer padding) {
            int side = 4 * SIDE;
            return new int[] { (int) IntStream.range(0, side).filter(y -> padding.get(y * side) == 0).count(),
                    (int) IntStream.range(0, side).filter(x -> padding.get(x) == 0).count() };
        }

        private static int[] imageSize(long[] shape) {
            return new int[] { (int) shape[0], (int) shape[1] };
        }

        GoldenModel.Outputs run(int item, int[] queries) {
            return new GoldenModel.Outputs(MaskResolutionTest.run(decoder.get("final_mask_logits").floats(),
                    decoder.get("final_seg_logits").floats(), batch, item, queries, contentSize, imageSize));
        }
    }
}
