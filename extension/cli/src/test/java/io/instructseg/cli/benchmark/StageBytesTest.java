package io.instructseg.cli.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.text.Prompt;
import io.instructseg.format.Signature;

/** The official sizes; a picture of 60 x 40 pixels, a prompt of 50 tokens before splicing, an instruction of 8. */
class StageBytesTest {

    private final StageBytes bytes = new StageBytes(FrameFlopsTest.OFFICIAL, new Prompt(new int[50], new int[8]),
            new RgbImage(60, 40, new byte[3 * 60 * 40]));

    /** Each run takes 100 mask logits of 256 x 256 for each sentence; the last one of a sentence gives a mask. */
    @Test
    void masksAreResolvedInSeveralRuns() {
        long logits = 4 * 100 * 256 * 256 + 4 * 100;
        // item, query, two sizes, a score
        long others = 4 + 4 + 8 + 8 + 4;
        assertThat(bytes.of(Signature.RESOLVE_MASKS, 1, 2)).isEqualTo(2 * (logits + others) + 60 * 40);
        assertThat(bytes.of(Signature.RESOLVE_MASKS, 3, 7)).isEqualTo(7 * (3 * logits + others) + 3 * 60 * 40);
    }

    @Test
    void aPictureIsSharedBySentences() {
        long patches = 4 * 729 * 2560;
        assertThat(bytes.of(Signature.ENCODE_VISION, 3, 1)).isEqualTo(384 * 384 * 3 + patches);
        // eight ids and their number for each sentence, and what it perceives
        assertThat(bytes.of(Signature.PERCEIVE, 3, 1)).isEqualTo(patches + 3 * (4 * 8 + 4 + 4 * 128 * 2560));
    }
}
