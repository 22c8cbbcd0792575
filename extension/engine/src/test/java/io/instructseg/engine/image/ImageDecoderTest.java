package io.instructseg.engine.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;

/** Formats that the goldens lack (expected values from Pillow 10.2), limits and hostile files. */
@Timeout(20)
class ImageDecoderTest {

    static byte[] resource(String name) throws IOException {
        try (InputStream in = ImageDecoderTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    static List<String> samples() throws IOException {
        JsonNode expected = new ObjectMapper().readTree(resource("pillow.json"));
        return StreamSupport.stream(((Iterable<String>) expected::fieldNames).spliterator(), false).toList();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void decodesToPillowsPixels(String name) throws IOException {
        JsonNode expected = new ObjectMapper().readTree(resource("pillow.json")).get(name);
        DecodedImage decoded = ImageDecoder.decode(resource(name), ImageLimits.DEFAULT);
        assertThat(decoded.image().width()).isEqualTo(expected.get("width").asInt());
        assertThat(decoded.image().height()).isEqualTo(expected.get("height").asInt());
        assertThat(decoded.truncated()).isEqualTo(name.startsWith("truncated"));
        assertThat(Goldens.sha256(decoded.image())).isEqualTo(expected.get("sha256_rgb").asText());
    }

    static byte[] chunk(String type, byte[] content) {
        return ByteBuffer.allocate(content.length + 12).putInt(content.length).put(type.getBytes(ISO_8859_1)).put(content)
                .putInt(0).array();
    }

    static byte[] png(int width, int height, int depth, int colorType, byte[]... chunks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] { (byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' });
        out.writeBytes(chunk("IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) depth)
                .put((byte) colorType).array()));
        for (byte[] chunk : chunks) {
            out.writeBytes(chunk);
        }
        out.writeBytes(chunk("IEND", new byte[0]));
        return out.toByteArray();
    }

    static byte[] zeros(long count) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out, new Deflater(1))) {
            byte[] block = new byte[1 << 16];
            for (long left = count; left > 0; left -= block.length) {
                deflater.write(block, 0, (int) Math.min(left, block.length));
            }
        }
        return out.toByteArray();
    }

    private static void assertRefused(byte[] data, String... messages) {
        assertThatThrownBy(() -> ImageDecoder.decode(data, ImageLimits.DEFAULT)).isInstanceOf(ImageException.class)
                .message().contains(messages);
    }

    @Test
    void aBombIsRefusedByItsHeader() throws IOException {
        assertRefused(png(60000, 60000, 8, 2, chunk("IDAT", zeros(1000))), "60000x60000", "64000000");
        assertRefused(png(100000, 1, 8, 2, chunk("IDAT", zeros(1000))), "100000x1", "65535");
        assertRefused(png(-1, 5, 8, 2, chunk("IDAT", zeros(1000))), "-1x5");
        byte[] jpeg = Goldens.bytes("images/jpeg420.jpg");
        int frame = new String(jpeg, ISO_8859_1).indexOf("\u00ff\u00c0");
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 60000).putShort(frame + 7, (short) 60000);
        assertRefused(jpeg, "60000x60000");
        byte[] gif = Goldens.bytes("images/animated.gif");
        gif[7] = (byte) 0xff;
        gif[9] = (byte) 0xff;
        assertRefused(gif, "pixels");
        byte[] bmp = Goldens.bytes("images/bmp24.bmp");
        bmp[20] = 100;
        bmp[24] = 100;
        assertRefused(bmp, "side");
        byte[] webp = Goldens.bytes("images/webp_lossless.webp");
        webp[21] = -1;
        webp[22] = -1;
        webp[23] = -1;
        webp[24] = 15;
        assertRefused(webp, "16384x16384");
    }

    @Test
    void chunksThatNobodyAsksForAreNotInflated() throws IOException {
        byte[] bomb = zeros(100L << 20);
        byte[] profile = ByteBuffer.allocate(bomb.length + 3).put((byte) 'p').put((byte) 0).put((byte) 0).put(bomb).array();
        byte[] data = png(1, 1, 8, 2, chunk("iCCP", profile), chunk("zTXt", profile), chunk("IDAT", zeros(4)));
        long before = allocated();
        assertThat(ImageDecoder.decode(data, ImageLimits.DEFAULT).image().pixels()).containsExactly(0, 0, 0);
        assertThat(allocated() - before).isLessThan(10 << 20);
    }

    @Test
    void largePicturesTakeTheirRgbBytesAndLittleMore() throws IOException {
        byte[] data = png(8000, 8000, 16, 4, chunk("IDAT", zeros(8000L * 32001)));
        long before = allocated();
        DecodedImage decoded = ImageDecoder.decode(data, ImageLimits.DEFAULT);
        BackboneInput input = Preprocessing.backboneInput(decoded.image(), 1024);
        assertThat(allocated() - before).isLessThan(8000 * 8000 * 3 + (40 << 20));
        assertThat(decoded.truncated()).isFalse();
        assertThat(input.contentHeight()).isEqualTo(1024);
        assertThat(input.image().pixels()).isEqualTo(new byte[1024 * 1024 * 3]);
    }

    /** Bytes that this thread has ever allocated. */
    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }

    @ParameterizedTest
    @ValueSource(strings = { "II*\0\0\0\0\0", "MM\0*\0\0\0\0", "<svg xmlns=", "%PDF-1.4", "x", "RIFF\0\0\0\0AVI ",
            "\0\0\0 ftypavif" })
    void otherFormatsAreRefusedByTheirSignature(String start) {
        assertRefused(start.getBytes(ISO_8859_1), "found the first bytes", "JPEG, PNG, WebP, GIF or BMP");
    }

    @Test
    void damagedPixelsAreRefused() {
        assertRefused(png(4, 4, 8, 2, chunk("IDAT", new byte[] { 1, 2, 3, 4, 5, 6 })), "damaged PNG");
        assertRefused(png(4, 4, 8, 2), "IDAT");
        assertRefused(png(4, 4, 3, 2), "3 bits");
    }

    @Test
    void limitsHoldBeforeDecoding(@TempDir Path directory) throws IOException {
        byte[] data = Goldens.bytes("images/rgb_tiny_17x31.png");
        Path file = Files.write(directory.resolve("tiny.png"), data);
        assertThat(ImageDecoder.decode(file, new ImageLimits(data.length, 17 * 31)).image().height()).isEqualTo(31);
        assertThatThrownBy(() -> ImageDecoder.decode(file, new ImageLimits(data.length, 17 * 31 - 1)))
                .isInstanceOf(ImageException.class).hasMessageContaining("17x31 = 527").hasMessageContaining("526");
        assertThatThrownBy(() -> ImageDecoder.decode(file, new ImageLimits(data.length - 1, 1000)))
                .isInstanceOf(ImageException.class).hasMessageContaining("limit of " + (data.length - 1));
        assertThatThrownBy(() -> ImageDecoder.decode(Path.of("/dev/zero"), new ImageLimits(1000, 1000)))
                .isInstanceOf(ImageException.class).hasMessageContaining("1000");
    }

    @Test
    void aStreamIsReadAsFarAsTheLimit() throws IOException {
        byte[] data = Goldens.bytes("images/rgb_tiny_17x31.png");
        try (TrackedStream in = new TrackedStream(data)) {
            assertThat(ImageDecoder.decode(in, new ImageLimits(data.length, 1000)).image().height()).isEqualTo(31);
            assertThat(in.closed).isFalse();
        }
        assertThat(ImageDecoder.decode(new TrackedStream(data), new ImageLimits(Long.MAX_VALUE, 1000)).truncated()).isFalse();
        TrackedStream tooLong = new TrackedStream(new byte[5000]);
        assertThatThrownBy(() -> ImageDecoder.decode(tooLong, new ImageLimits(1000, 1000))).isInstanceOf(ImageException.class)
                .hasMessage("the picture's file is too large: found more than the limit of 1000 bytes");
        assertThat(tooLong.available()).isEqualTo(5000 - 1001);
        assertThatThrownBy(() -> ImageDecoder.decode(new TrackedStream(new byte[0]), ImageLimits.DEFAULT))
                .isInstanceOf(ImageException.class).hasMessage("the picture is empty: found 0 bytes");
    }

    private static final class TrackedStream extends ByteArrayInputStream {

        private boolean closed;

        TrackedStream(byte[] data) {
            super(data);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void aProgressivePictureOfManyScansIsRefused() throws IOException {
        byte[] jpeg = Goldens.bytes("images/jpeg420_progressive.jpg");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, jpeg.length - 2);
        for (int i = 0; i < 200; i++) {
            out.writeBytes(new byte[] { -1, (byte) 0xda, 0, 8, 1, 1, 0, 0, 0, 0 });
        }
        assertRefused(out.toByteArray(), "scans");
    }

    @Test
    void exifThatLoopsOrLiesIsIgnored() {
        byte[] loop = ByteBuffer.allocate(26).putShort((short) 0x4d4d).putShort((short) 42).putInt(8).putShort((short) 1)
                .putShort((short) 0x8769).putShort((short) 4).putInt(1).putInt(8).putInt(8).array();
        byte[] endless = ByteBuffer.allocate(12).putShort((short) 0x4d4d).putShort((short) 42).putInt(8)
                .putShort((short) 0xffff).array();
        byte[] outside = ByteBuffer.allocate(8).putShort((short) 0x4d4d).putShort((short) 42).putInt(-8).array();
        for (byte[] exif : List.of(loop, endless, outside, new byte[0], new byte[1])) {
            assertThat(Orientation.of(exif)).isEqualTo(Orientation.UPRIGHT);
        }
    }
}
