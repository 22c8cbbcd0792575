package io.instructseg.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lossy WebP gives Pillow's, that is libwebp's, pixels, bit for bit, and refuses what they refuse.
 * {@link ImageDecoderTest} has more pictures (both loop filters, sharpness, segments, partitions, odd sizes, alpha),
 * {@link PreprocessingGoldenTest} the inputs that the model gets.
 */
@Timeout(20)
class WebpLossyTest {

    /** Where the bit stream of a file without an extended header starts. */
    private static final int FRAME = 20;

    @Test
    void pixelsAreExact() throws IOException {
        RgbImage expected = Goldens.decode("decoded/webp_lossy.webp.pil.png");
        RgbImage actual = Goldens.decode("images/webp_lossy.webp");
        assertThat(actual.width()).isEqualTo(expected.width());
        assertThat(actual.pixels()).isEqualTo(expected.pixels());
    }

    @Test
    void dataThatEndEarlyAreRefused() throws IOException {
        byte[] file = Goldens.bytes("images/webp_lossy.webp");
        for (int size = 0; size < file.length - FRAME - 1; size += 1 + size / 20) {
            byte[] cut = Arrays.copyOf(file, FRAME + size + size % 2);
            ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN).putInt(4, cut.length - 8).putInt(16, size);
            DamagedPictures.assertRefused(cut, "damaged WebP");
        }
    }

    @Test
    void chunksMustBeComplete() throws IOException {
        byte[] file = Goldens.bytes("images/webp_lossy.webp");
        DamagedPictures.assertRefused(Arrays.copyOf(file, file.length - 2), "the file claims " + file.length);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(16, file.length);
        DamagedPictures.assertRefused(file, "a chunk claims " + file.length);
    }

    @Test
    void framesThatAreNoKeyFramesAreRefused() throws IOException {
        byte[] file = Goldens.bytes("images/webp_lossy.webp");
        for (int change : new int[] { 0x01, 0x08, 0x10 }) { // no key frame, profile above 3, not shown
            byte[] changed = file.clone();
            changed[FRAME] ^= (byte) change;
            DamagedPictures.assertRefused(changed, "expected a visible key frame");
        }
        file[FRAME + 3] = 0;
        DamagedPictures.assertRefused(file, "start code");
    }

    @Test
    void sizesAreCheckedBeforeAnythingIsAllocated() throws IOException {
        byte[] file = Goldens.bytes("images/webp_lossy.webp");
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(FRAME + 6, 0x3fff3fff);
        DamagedPictures.assertRefused(file, "16383x16383");
    }

    @Test
    void damagedFilesDecodeOrAreRefused() throws IOException {
        byte[][] files = { Goldens.bytes("images/webp_lossy.webp"), ImageDecoderTest.resource("lossy_normal_filter.webp"),
                ImageDecoderTest.resource("lossy_simple_filter.webp") };
        DamagedPictures.assertDecodedOrRefused(files, 1500, (random, file) -> {
            for (int n = random.nextInt(4); n >= 0; n--) {
                int reach = random.nextBoolean() ? 40 : file.length - FRAME;
                file[FRAME + random.nextInt(reach)] = (byte) random.nextInt(256);
            }
        });
    }
}
