package io.instructseg.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.instructseg.format.Hyperparameters;

/** The official sizes, with the token counts of the goldens' prompts or so. */
class FrameFlopsTest {

    static final Hyperparameters OFFICIAL = new Hyperparameters(
            new Hyperparameters.VisionEncoder(384, 14, 1152, 4304, 26, 16, 1e-6f),
            new Hyperparameters.Backbone(1024, 128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32), 12,
                    List.of(512, 1024, 2048, 4096)),
            new Hyperparameters.LanguageModel(2560, 10240, 32, 32, 32, 10000, 1e-5f, 50296, 51200),
            new Hyperparameters.Perceiver(128, 3, 8, 128, 5120), new Hyperparameters.TextFusion(1024, 3, 8, 128, 2048),
            new Hyperparameters.PixelDecoder(256, 6, 8, 4, 1024),
            new Hyperparameters.MaskDecoder(100, 256, 256, 9, 8, 2048, false), 4);

    private static final FrameFlops FRAME = new FrameFlops(OFFICIAL, 80, 8, 4);

    /**
     * What was counted by hand (docs/performance.md), in units of its last digit. It has attention in full and padded windows,
     * as the official script. Not multiplied here are 3 of 8 parts of the attention of 1429 tokens in 31 layers, and the
     * padding of Swin's windows.
     */
    @Test
    void areThoseThatWereCountedByHand() {
        double attention = 31 * 3.0 / 8 * 4 * 1429 * 1429 * 2560 * 1e-12;
        assertThat(attention).isCloseTo(0.24, within(0.01));
        assertThat(FRAME.official() * 1e-12).isCloseTo(12.56, within(0.06));
        assertThat(FRAME.first() * 1e-12).isCloseTo(9.46 - attention - 0.05, within(0.06));
        assertThat(FRAME.further() * 1e-12).isCloseTo(7.77 - attention, within(0.06));
    }

    @Test
    void aFrameTakesLessThanInTheOfficialScript() {
        for (int instruction : new int[] { 3, 8, 40 }) {
            FrameFlops frame = new FrameFlops(OFFICIAL, 80, instruction, 4);
            assertThat(frame.first() / frame.official()).isBetween(0.5, 0.78);
            assertThat(frame.further() / frame.official()).isBetween(0.5, 0.65);
        }
    }

    /** A Phi-2 layer of 1024 tokens is 171.8 GFLOP (docs/performance.md): two models that differ by one layer. */
    @Test
    void aLanguageLayerIsThatOfTheLayerBenchmark() {
        int text = 1024 - 128 - 729 - 8 - 100;
        FrameFlops frame = new FrameFlops(OFFICIAL, text, 8, 1);
        Hyperparameters.LanguageModel phi = OFFICIAL.languageModel();
        Hyperparameters shallower = new Hyperparameters(OFFICIAL.visionEncoder(), OFFICIAL.backbone(),
                new Hyperparameters.LanguageModel(phi.hiddenSize(), phi.intermediateSize(), 31, phi.heads(),
                        phi.rotaryDimensions(), phi.ropeTheta(), phi.layerNormEpsilon(), phi.vocabularySize(),
                        phi.outputSize()),
                OFFICIAL.perceiver(), OFFICIAL.textFusion(), OFFICIAL.pixelDecoder(), OFFICIAL.maskDecoder(), 4);
        double layer = frame.official() - new FrameFlops(shallower, text, 8, 1).official();
        assertThat(layer * 1e-9).isCloseTo(171.8, within(0.05));
    }
}
