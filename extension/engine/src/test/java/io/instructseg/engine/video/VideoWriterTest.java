package io.instructseg.engine.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.global.avcodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.instructseg.engine.image.RgbImage;

/** What is written is what the decoder reads. */
class VideoWriterTest {

    /**
     * H.264's step of quantisation at the coarsest quantizer, 24, is 10 levels: a value is off by half of it at most, on
     * average.
     */
    private static final double COLOR = 5;
    /** Half a tick of the writer's clock, and a nanosecond of the reader's. */
    private static final double TIME = 0.5 / 60_000 + 1e-9;
    private static final long[] MILLIS = { 3000, 3033, 3067, 3200, 3700, 3701 };

    @TempDir
    Path directory;

    /** Smooth colours that move. */
    private static RgbImage picture(int width, int height, int shift) {
        byte[] pixels = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = (y * width + x) * 3;
                pixels[at] = (byte) (60 + Math.min(150, 2 * x));
                pixels[at + 1] = (byte) (60 + Math.min(150, 2 * y));
                pixels[at + 2] = (byte) (40 + 30 * shift);
            }
        }
        return new RgbImage(width, height, pixels);
    }

    private static void write(VideoWriter writer, int width, int height) throws IOException {
        for (int i = 0; i < MILLIS.length; i++) {
            writer.write(picture(width, height, i), Duration.ofMillis(MILLIS[i]));
        }
        writer.finish();
    }

    private static List<Frame> read(Path file) throws IOException {
        try (VideoDecoder decoder = VideoDecoder.open(file, VideoLimits.DEFAULT, FrameSelection.ALL)) {
            return VideoGoldens.frames(decoder);
        }
    }

    private static void assertWritten(Path file, int width, int height) throws IOException {
        List<Frame> frames = read(file);
        assertThat(frames).hasSize(MILLIS.length);
        for (Frame frame : frames) {
            assertThat(frame.time().toNanos() * 1e-9).isCloseTo((MILLIS[frame.index()] - MILLIS[0]) * 1e-3, within(TIME));
            RgbImage found = crop(frame.image(), width, height);
            assertThat(VideoGoldens.meanDifference(found, picture(width, height, frame.index()))).isLessThan(COLOR);
        }
    }

    private static RgbImage crop(RgbImage image, int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            System.arraycopy(image.pixels(), y * image.width() * 3, pixels, y * width * 3, width * 3);
        }
        return new RgbImage(width, height, pixels);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @ParameterizedTest
    @CsvSource({ "64, 48, 64, 48", "33, 17, 34, 18", "1, 1, 16, 16", "640, 360, 640, 360", "5, 300, 16, 300" })
    void framesTimesAndColoursComeBack(int width, int height, int paddedWidth, int paddedHeight) throws IOException {
        Path file = directory.resolve("overlay.mp4");
        try (VideoWriter writer = VideoWriter.create(file)) {
            write(writer, width, height);
        }
        assertThat(files()).containsExactly("overlay.mp4");
        assertThat(read(file).get(0).image().width()).isEqualTo(paddedWidth);
        assertThat(read(file).get(0).image().height()).isEqualTo(paddedHeight);
        assertWritten(file, width, height);
    }

    @ParameterizedTest
    @ValueSource(strings = { "libopenh264", "mpeg4" })
    void bothEncodersDo(String name) throws IOException {
        FFmpeg.load();
        AVCodec codec = avcodec.avcodec_find_encoder_by_name(name);
        Path file = directory.resolve("overlay.mp4");
        try (VideoWriter writer = new VideoWriter(file, codec)) {
            write(writer, 64, 48);
        }
        assertWritten(file, 64, 48);
    }

    @Test
    void oneFrameIsAVideo() throws IOException {
        Path file = directory.resolve("overlay.mp4");
        try (VideoWriter writer = VideoWriter.create(file)) {
            writer.write(picture(32, 32, 0), Duration.ofSeconds(9));
            writer.finish();
            assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class).hasMessageContaining("finished");
            assertThatThrownBy(() -> writer.write(picture(32, 32, 0), Duration.ofSeconds(10)))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(read(file)).hasSize(1);
    }

    @Test
    void nothingHalfWrittenStays() throws IOException {
        Path file = Files.writeString(directory.resolve("overlay.mp4"), "the one before");
        try (VideoWriter writer = VideoWriter.create(file)) {
            writer.write(picture(64, 48, 0), Duration.ZERO);
            assertThat(file).hasContent("the one before");
        }
        assertThat(files()).containsExactly("overlay.mp4");
        assertThat(file).hasContent("the one before");
        try (VideoWriter writer = VideoWriter.create(file)) {
            assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("without a picture");
        }
        assertThat(files()).containsExactly("overlay.mp4");
        assertThatThrownBy(() -> VideoWriter.create(directory.resolve("missing").resolve("overlay.mp4")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void framesAreOfOneSizeAndInOrder() throws IOException {
        try (VideoWriter writer = VideoWriter.create(directory.resolve("overlay.mp4"))) {
            writer.write(picture(64, 48, 0), Duration.ofMillis(100));
            assertThatThrownBy(() -> writer.write(picture(64, 50, 1), Duration.ofMillis(200)))
                    .hasMessage("a picture of 64x50 for a video of 64x48");
            assertThatThrownBy(() -> writer.write(picture(64, 48, 1), Duration.ofMillis(100)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("PT0.1S after one at PT0.1S");
        }
    }

    @Test
    void aSizeThatCannotBeEncodedIsRefused() throws IOException {
        try (VideoWriter writer = VideoWriter.create(directory.resolve("overlay.mp4"))) {
            assertThatThrownBy(() -> writer.write(new RgbImage(5000, 3000, new byte[45_000_000]), Duration.ZERO))
                    .isInstanceOf(VideoException.class).hasMessageContaining("5000x3000");
        }
        assertThat(files()).isEmpty();
    }
}
