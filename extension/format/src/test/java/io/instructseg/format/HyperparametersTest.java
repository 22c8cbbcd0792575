package io.instructseg.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import io.instructseg.format.Hyperparameters.Backbone;
import io.instructseg.format.Hyperparameters.LanguageModel;
import io.instructseg.format.Hyperparameters.MaskDecoder;
import io.instructseg.format.Hyperparameters.Perceiver;
import io.instructseg.format.Hyperparameters.PixelDecoder;
import io.instructseg.format.Hyperparameters.TextFusion;
import io.instructseg.format.Hyperparameters.VisionEncoder;

class HyperparametersTest {

    private static final int HUGE = Integer.MAX_VALUE;

    @Test
    void axesOfTheOfficialModel() {
        assertThat(Examples.official().axes()).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(Map.entry("CLIP", 384),
                Map.entry("P", 729), Map.entry("D", 2560), Map.entry("L", 128), Map.entry("Q", 100), Map.entry("S", 1024),
                Map.entry("S4", 256), Map.entry("S8", 128), Map.entry("S16", 64), Map.entry("S32", 32), Map.entry("C2", 128),
                Map.entry("C3", 256), Map.entry("C4", 512), Map.entry("C5", 1024), Map.entry("C", 256), Map.entry("M", 256),
                Map.entry("H", 256), Map.entry("V", 51200), Map.entry("N", 32), Map.entry("A", 32), Map.entry("E", 80)));
    }

    @Test
    void theRemainderBeyondTheLastPatchIsDropped() {
        assertThat(new VisionEncoder(384, 14, 16, 16, 1, 1, 1e-6f).patches()).isEqualTo(27 * 27);
        assertThat(new VisionEncoder(14, 14, 16, 16, 1, 1, 1e-6f).patches()).isEqualTo(1);
    }

    @Test
    void listsAreCopied() {
        List<Integer> depths = Arrays.asList(1, 1, 1, 1);
        Backbone backbone = new Backbone(32, 8, depths, List.of(1, 1, 1, 1), 2, List.of(1, 1, 1, 1));
        depths.set(0, -5);
        assertThat(backbone.depths()).containsExactly(1, 1, 1, 1);
    }

    @TestFactory
    Stream<DynamicTest> refusesWithTheNameOfTheValue() {
        Map<String, List<ThrowingCallable>> cases = new LinkedHashMap<>();
        cases.put("visionEncoder.imageSize", List.of(vision(0, 1, 8, 8, 1, 1, 1e-6f), vision(HUGE, 1, 8, 8, 1, 1, 1e-6f)));
        cases.put("visionEncoder.patchSize", List.of(vision(8, 0, 8, 8, 1, 1, 1e-6f), vision(8, 9, 8, 8, 1, 1, 1e-6f)));
        cases.put("visionEncoder.hiddenSize", List.of(vision(8, 1, 0, 8, 1, 1, 1e-6f), vision(8, 1, HUGE, 8, 1, 1, 1e-6f)));
        cases.put("visionEncoder.intermediateSize", List.of(vision(8, 1, 8, -1, 1, 1, 1e-6f)));
        cases.put("visionEncoder.layers",
                List.of(vision(8, 1, 8, 8, 0, 1, 1e-6f), vision(8, 1, 8, 8, 1_000_000_000, 1, 1e-6f)));
        cases.put("visionEncoder.heads", List.of(vision(8, 1, 8, 8, 1, 0, 1e-6f), vision(8, 1, 8, 8, 1, 3, 1e-6f),
                vision(8, 1, 8, 8, 1, -2, 1e-6f)));
        cases.put("visionEncoder.layerNormEpsilon", List.of(vision(8, 1, 8, 8, 1, 1, 0), vision(8, 1, 8, 8, 1, 1, Float.NaN),
                vision(8, 1, 8, 8, 1, 1, Float.POSITIVE_INFINITY)));
        cases.put("backbone.imageSize", List.of(backbone(31, 8, 1, 1, 2), backbone(HUGE, 8, 1, 1, 2)));
        cases.put("backbone.embedDim", List.of(backbone(32, 0, 1, 1, 2), backbone(32, HUGE, 1, 1, 2)));
        cases.put("backbone.depths", List.of(backbone(32, 8, 0, 1, 2), backbone(32, 8, HUGE, 1, 2),
                () -> new Backbone(32, 8, List.of(1, 1, 1, 1, 1), List.of(1, 1, 1, 1), 2, List.of(1, 1, 1, 1)),
                () -> new Backbone(32, 8, null, List.of(1, 1, 1, 1), 2, List.of(1, 1, 1, 1)),
                () -> new Backbone(32, 8, Arrays.asList(1, null, 1, 1), List.of(1, 1, 1, 1), 2, List.of(1, 1, 1, 1))));
        cases.put("backbone.heads", List.of(backbone(32, 8, 1, 0, 2), backbone(32, 8, 1, 3, 2)));
        cases.put("backbone.windowSize", List.of(backbone(32, 8, 1, 1, 0), backbone(32, 8, 1, 1, -1),
                backbone(32, 8, 1, 1, HUGE)));
        cases.put("languageModel.heads", List.of(language(8, 0, 2, 10000), language(8, 3, 2, 10000)));
        cases.put("languageModel.rotaryDimensions", List.of(language(8, 1, 0, 10000), language(8, 1, 10, 10000),
                language(8, 1, 3, 10000), language(8, 8, 2, 10000)));
        cases.put("languageModel.ropeTheta", List.of(language(8, 1, 2, 0), language(8, 1, 2, Double.NaN),
                language(8, 1, 2, Double.POSITIVE_INFINITY)));
        cases.put("languageModel.vocabularySize", List.of(() -> new LanguageModel(8, 8, 1, 1, 2, 10000, 1e-5f, 0, 0)));
        cases.put("languageModel.outputSize", List.of(() -> new LanguageModel(8, 8, 1, 1, 2, 10000, 1e-5f, 10, -1),
                () -> new LanguageModel(8, 8, 1, 1, 2, 10000, 1e-5f, 10, HUGE)));
        cases.put("perceiver.queries", List.of(() -> new Perceiver(0, 1, 1, 1, 1), () -> new Perceiver(HUGE, 1, 1, 1, 1)));
        cases.put("perceiver.layers", List.of(() -> new Perceiver(1, 129, 1, 1, 1)));
        cases.put("perceiver.heads", List.of(() -> new Perceiver(1, 1, 0, 1, 1), () -> new Perceiver(1, 1, HUGE, 1, 1)));
        cases.put("perceiver.headSize", List.of(() -> new Perceiver(1, 1, 1, 0, 1), () -> new Perceiver(1, 1, 1, HUGE, 1)));
        cases.put("textFusion.headSize", List.of(() -> new TextFusion(1, 1, 1, 0, 1), () -> new TextFusion(1, 1, 1, HUGE, 1)));
        cases.put("textFusion.feedForwardSize", List.of(() -> new TextFusion(1, 1, 1, 1, HUGE)));
        cases.put("pixelDecoder.hiddenSize", List.of(() -> new PixelDecoder(0, 1, 1, 1, 1),
                () -> new PixelDecoder(48, 1, 1, 1, 1), () -> new PixelDecoder(1 << 14, 1, 1, 1, 1)));
        cases.put("pixelDecoder.points", List.of(() -> new PixelDecoder(32, 1, 1, 0, 1),
                () -> new PixelDecoder(32, 1, 1, HUGE, 1)));
        cases.put("maskDecoder.hiddenSize", List.of(() -> new MaskDecoder(1, 6, 1, 1, 1, 1, false),
                () -> new MaskDecoder(1, 1 << 14, 1, 1, 1, 1, false)));
        cases.put("maskDecoder.queries", List.of(() -> new MaskDecoder(-1, 4, 1, 1, 1, 1, false)));
        return cases.entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey(),
                () -> entry.getValue().forEach(made -> assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(entry.getKey()))));
    }

    @Test
    void refusesAnImageThatIsNoMultipleOfTheLastStride() {
        Hyperparameters official = Examples.official();
        Backbone odd = new Backbone(1000, 128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32), 12, List.of(1, 1, 1, 1));
        assertThatThrownBy(() -> new Hyperparameters(official.visionEncoder(), odd, official.languageModel(),
                official.perceiver(), official.textFusion(), official.pixelDecoder(), official.maskDecoder(), 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("backbone.imageSize is 1000, must be a multiple of 32");
    }

    @Test
    void refusesMoreSamplesThanATensorHasRows() {
        Hyperparameters official = Examples.official();
        Backbone large = new Backbone(4096, 128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32), 12, List.of(1, 1, 1, 1));
        PixelDecoder dense = new PixelDecoder(8192, 1, 128, 64, 1);
        assertThatThrownBy(() -> new Hyperparameters(official.visionEncoder(), large, official.languageModel(),
                official.perceiver(), official.textFusion(), dense, official.maskDecoder(), 4))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("pixelDecoder takes 2818572288 samples");
    }

    @Test
    void refusesMissingParts() {
        assertThatThrownBy(() -> new Hyperparameters(null, null, null, null, null, null, null, 4))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("visionEncoder is missing");
    }

    private static ThrowingCallable vision(int image, int patch, int hidden, int intermediate, int layers, int heads,
            float epsilon) {
        return () -> new VisionEncoder(image, patch, hidden, intermediate, layers, heads, epsilon);
    }

    private static ThrowingCallable backbone(int image, int embedDim, int depth, int heads, int window) {
        return () -> new Backbone(image, embedDim, List.of(depth, 1, 1, 1), List.of(heads, 1, 1, 1), window,
                List.of(1, 1, 1, 1));
    }

    private static ThrowingCallable language(int hidden, int heads, int rotary, double theta) {
        return () -> new LanguageModel(hidden, 8, 1, heads, rotary, theta, 1e-5f, 10, 0);
    }
}
