package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.image.RgbImage;

class MaskMemoryTest {

    /** 65 pixels are two words of 8 bytes. */
    private static final RgbImage IMAGE = new RgbImage(13, 5, new byte[13 * 5 * 3]);

    @Test
    void masksAreCountedInWholeWords() {
        assertThatCode(() -> MaskMemory.require(IMAGE, 3, 100, 3 * 100 * 16)).doesNotThrowAnyException();
        assertThatThrownBy(() -> MaskMemory.require(IMAGE, 3, 100, 3 * 100 * 16 - 1)).isInstanceOf(ImageException.class)
                .hasFieldOrPropertyWithValue("kind", ImageException.Kind.TOO_LARGE)
                .hasMessage("the masks need too much memory: found 0.0 MB (13x5 pixels x 3 instructions x 100 candidates), "
                        + "the limit is 0.0 MB, a quarter of the Java heap");
    }

    @Test
    void aQuarterOfTheHeapIsTheLimit() throws ImageException {
        int fitting = (int) (Runtime.getRuntime().maxMemory() / 4 / 16 / 100);
        MaskMemory.require(IMAGE, fitting, 100);
        assertThatThrownBy(() -> MaskMemory.require(IMAGE, fitting + 1, 100)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> MaskMemory.require(IMAGE, Integer.MAX_VALUE, Integer.MAX_VALUE))
                .isInstanceOf(ImageException.class).hasMessageContaining("found 73786976226118.7 MB");
    }

    /** Background and best probability, a label, and the logits twice: as TensorFlow gives them and as numbers. */
    @Test
    void mergingTakes17BytesAPixel() {
        assertThatCode(() -> MaskMemory.requireMerging(IMAGE, 65 * 17)).doesNotThrowAnyException();
        assertThatThrownBy(() -> MaskMemory.requireMerging(IMAGE, 65 * 17 - 1)).isInstanceOf(ImageException.class)
                .hasFieldOrPropertyWithValue("kind", ImageException.Kind.TOO_LARGE)
                .hasMessage("merging by probability needs too much memory: found 0.0 MB (13x5 pixels), the limit is 0.0 MB, "
                        + "a quarter of the Java heap");
    }
}
