package io.instructseg.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged lossless WebP; {@link ImageDecoderTest} and {@link ImageDecoderGoldenTest} have the pixels of sound files. */
@Timeout(20)
class WebpLosslessTest {

    /** Where the bit stream of a file without an extended header starts. */
    private static final int FRAME = 20;

    @Test
    void dataThatEndEarlyAreRefused() throws IOException {
        byte[] file = ImageDecoderTest.resource("lossless_palette200.webp");
        for (int size = 0; size < file.length - FRAME - 3; size++) {
            byte[] cut = Arrays.copyOf(file, FRAME + size + size % 2);
            ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN).putInt(4, cut.length - 8).putInt(16, size);
            DamagedPictures.assertRefused(cut, "damaged WebP");
        }
    }

    /** A stream is written lowest bit first: signature, two sides less one, alpha, version, and what follows. */
    private static byte[] file(int side, String bits) {
        byte[] frame = new byte[64];
        frame[0] = 0x2f;
        String header = binary(side - 1) + binary(side - 1) + "0000";
        String stream = header + bits;
        for (int i = 0; i < stream.length(); i++) {
            frame[1 + i / 8] |= (byte) (stream.charAt(i) - '0' << i % 8);
        }
        return ByteBuffer.allocate(FRAME + frame.length).order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes()).putInt(FRAME + frame.length - 8).put("WEBPVP8L".getBytes()).putInt(frame.length)
                .put(frame).array();
    }

    private static String binary(int side) {
        StringBuilder bits = new StringBuilder();
        for (int i = 0; i < 14; i++) {
            bits.append(side >> i & 1);
        }
        return bits.toString();
    }

    /** A code of one symbol of eight bits, lowest first. */
    private static String single(String symbol) {
        return "101" + symbol;
    }

    @Test
    void aPictureOfOneColorNeedsNoBits() throws IOException {
        String codes = single("10000000") + single("01000000") + single("11000000") + single("00000000")
                + single("00000000");
        RgbImage image = ImageDecoder.decode(file(3, "000" + codes), ImageLimits.DEFAULT).image();
        assertThat(image.width()).isEqualTo(3);
        assertThat(image.pixels()).startsWith(2, 1, 3, 2, 1, 3).endsWith(2, 1, 3).hasSize(27);
    }

    @Test
    void impossibleStreamsAreRefused() {
        DamagedPictures.assertRefused(file(3, "101" + "101"), "comes twice"); // subtract green, subtract green
        DamagedPictures.assertRefused(file(3, "010000"), "color cache of 0 bits");
        DamagedPictures.assertRefused(file(3, "010011"), "color cache of 12 bits");
        DamagedPictures.assertRefused(file(16384, "0"), "16384x16384");
        byte[] signature = file(3, "000");
        signature[FRAME] = 0;
        DamagedPictures.assertRefused(signature, "starts with 0x0");
    }

    @Test
    void damagedFilesDecodeOrAreRefused() throws IOException {
        byte[][] files = { ImageDecoderTest.resource("lossless_palette5.webp"),
                ImageDecoderTest.resource("lossless_green.webp"), ImageDecoderTest.resource("lossless_alpha.webp"),
                ImageDecoderTest.resource("animated_flat.webp") };
        DamagedPictures.assertDecodedOrRefused(files, 2000, (random, file) -> {
            for (int n = random.nextInt(3); n >= 0; n--) {
                file[FRAME + random.nextInt(file.length - FRAME)] = (byte) random.nextInt(256);
            }
        });
    }
}
