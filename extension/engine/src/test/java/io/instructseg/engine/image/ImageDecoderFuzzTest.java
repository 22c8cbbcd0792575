package io.instructseg.engine.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged files give a picture or an {@link ImageException}, nothing else, in bounded time. */
@Timeout(60)
class ImageDecoderFuzzTest {

    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 1_000_000);
    private static final int MUTATIONS = 40;

    @Test
    void mutatedFilesDecodeOrAreRefused() throws IOException {
        Random random = new Random(20241214);
        int decoded = 0;
        int refused = 0;
        for (byte[] sample : samples()) {
            for (int i = 0; i < MUTATIONS; i++) {
                byte[] mutated = mutate(sample, random);
                try {
                    RgbImage image = ImageDecoder.decode(mutated, LIMITS).image();
                    assertThat((long) image.width() * image.height()).isLessThanOrEqualTo(LIMITS.maxPixels());
                    decoded++;
                } catch (ImageException e) {
                    assertThat(e).hasMessageMatching("(?s).{10,300}");
                    refused++;
                }
            }
        }
        assertThat(decoded).isGreaterThan(100);
        assertThat(refused).isGreaterThan(100);
    }

    private static List<byte[]> samples() throws IOException {
        List<byte[]> samples = new ArrayList<>();
        for (String name : ImageDecoderGoldenTest.decodable()) {
            byte[] sample = Goldens.bytes("images/" + name);
            if (sample.length < 50_000) {
                samples.add(sample);
            }
        }
        for (String name : ImageDecoderTest.samples()) {
            samples.add(ImageDecoderTest.resource(name));
        }
        return samples;
    }

    /** Flips bytes, mostly near the header, and sometimes cuts the file. */
    private static byte[] mutate(byte[] sample, Random random) {
        int length = random.nextInt(4) == 0 ? 1 + random.nextInt(sample.length) : sample.length;
        byte[] mutated = Arrays.copyOf(sample, length);
        for (int n = random.nextInt(5); n >= 0; n--) {
            int reach = random.nextBoolean() ? Math.min(length, 100) : length;
            mutated[random.nextInt(reach)] = (byte) (random.nextInt(3) == 0 ? -1 : random.nextInt(256));
        }
        return mutated;
    }
}
