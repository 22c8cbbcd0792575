package io.instructseg.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.text.Prompt;
import io.instructseg.format.Signature;

/** The official sizes. */
class StageFlopsTest {

    /** 40 words, <temporal>, <image>, <refer>, <seg>; an instruction of 8 tokens. */
    private static final Prompt PROMPT = new Prompt(
            IntStream.concat(IntStream.range(0, 40), IntStream.of(-205, -200, -204, -201)).toArray(), new int[8]);

    private final StageFlops flops = new StageFlops(FrameFlopsTest.OFFICIAL, PROMPT);

    /**
     * What was counted by hand for a picture: 7.3 TFLOP, of them Phi-2 5.6, SigLIP and Swin 0.64, the pixel decoder 0.28. Of
     * these 0.17, attention and padding, are not multiplied (below).
     */
    @Test
    void ofAPictureAreThoseThatWereCountedByHand() {
        assertThat(tera(Signature.ENCODE_VISION)).isCloseTo(0.64, within(0.03));
        assertThat(tera(Signature.ENCODE_BACKBONE)).isCloseTo(0.68, within(0.05));
        assertThat(tera(Signature.DECODE_PIXELS)).isCloseTo(0.28, within(0.015));
        assertThat(tera(Signature.REASON)).isCloseTo(5.4, within(0.3));
        assertThat(Arrays.stream(Signature.values()).mapToDouble(this::tera).sum()).isCloseTo(7.3 - 0.17, within(0.3));
    }

    /**
     * Of the padded maps of 264, 132, 72 and 36, the rows beyond 256, 128, 64 and 32, in the products of 2, 2, 18 and 2 blocks.
     */
    @Test
    void paddingOfWindowsIsNotMultiplied() {
        double padding = 0;
        int[][] stages = { { 264, 256, 128, 2 }, { 132, 128, 256, 2 }, { 72, 64, 512, 18 }, { 36, 32, 1024, 2 } };
        for (int[] stage : stages) {
            double rows = stage[0] * stage[0] - stage[1] * stage[1];
            padding += stage[3] * 4 * 2 * rows * stage[2] * stage[2];
        }
        double official = new ModelFlops(FrameFlopsTest.OFFICIAL, 40, 8, 1, true).backbone();
        // three of the four products have a row of zeros for all of it
        assertThat(official - flops.of(Signature.ENCODE_BACKBONE, 1)).isBetween(0.99 * padding, padding);
    }

    /** Five of eight parts: 1005 tokens, a width of 2560, all layers but the last. */
    @Test
    void causalAttentionLeavesOutWhatComesBehindABlock() {
        double inFull = 31 * 2 * 2.0 * 1005 * 1005 * 2560;
        double official = new ModelFlops(FrameFlopsTest.OFFICIAL, 40, 8, 1, true).languageModel();
        assertThat(official - flops.of(Signature.REASON, 1)).isCloseTo(3.0 / 8 * inFull, withinPercentage(0.01));
    }

    @Test
    void furtherSentencesShareWhatIsThePicturesAlone() {
        for (Signature shared : new Signature[] { Signature.ENCODE_VISION, Signature.ENCODE_BACKBONE,
                Signature.DECODE_PIXELS }) {
            assertThat(flops.of(shared, 4)).isEqualTo(flops.of(shared, 1));
        }
        assertThat(flops.of(Signature.REASON, 4)).isEqualTo(4 * flops.of(Signature.REASON, 1));
        for (Signature both : new Signature[] { Signature.PERCEIVE, Signature.FUSE, Signature.DECODE_MASKS }) {
            assertThat(flops.of(both, 4)).isBetween(1.01 * flops.of(both, 1), 3.99 * flops.of(both, 1));
        }
    }

    private double tera(Signature stage) {
        return flops.of(stage, 1) * 1e-12;
    }
}
