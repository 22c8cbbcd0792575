package io.instructseg.engine.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.image.RgbImage;

/** Formats and codecs beyond those of the goldens, made and hashed by FFmpeg's own command: see the README of the test data. */
class VideoFormatsTest {

    static final Path DIRECTORY = Path.of(System.getProperty("instructseg.test-data"), "video");

    @TempDir
    Path directory;

    private static VideoDecoder open(Path file) throws IOException {
        return VideoDecoder.open(file, VideoLimits.DEFAULT, FrameSelection.ALL);
    }

    private static List<Frame> frames(String name) throws IOException {
        try (VideoDecoder decoder = open(DIRECTORY.resolve(name))) {
            return VideoGoldens.frames(decoder);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "anim.gif", "audio_first.mkv", "av1.webm", "fragmented.mp4", "grows.webm", "late_start.mkv",
            "mirrored.mp4", "mpeg4.mp4", "prores.mov", "quicktime.mov", "turned180.mp4" })
    void planesAreThoseOfFFmpegsCommand(String name) throws IOException {
        JsonNode expected = new ObjectMapper().readTree(DIRECTORY.resolve("sha256_planes.json").toFile()).get(name);
        List<String> planes = new ArrayList<>();
        try (VideoDecoder decoder = open(DIRECTORY.resolve(name))) {
            for (Optional<AVFrame> frame = decoder.nextDecoded(); frame.isPresent(); frame = decoder.nextDecoded()) {
                planes.add(VideoGoldens.sha256(VideoGoldens.planes(frame.get())));
            }
        }
        assertThat(planes).isEqualTo(expected.valueStream().map(JsonNode::asText).toList());
    }

    /** A golden with a variable frame rate, copied into other containers: with sound, subtitles, fragments, a late start. */
    @ParameterizedTest
    @ValueSource(strings = { "audio_first.mkv", "fragmented.mp4", "late_start.mkv", "quicktime.mov" })
    void aContainerChangesNoTime(String name) throws IOException {
        JsonNode seconds = VideoGoldens.golden("vfr.mp4").get("pts_seconds");
        List<Frame> frames = frames(name);
        assertThat(frames).hasSize(seconds.size());
        for (Frame frame : frames) {
            // Matroska counts milliseconds
            assertThat(frame.time().toNanos() * 1e-9).isCloseTo(seconds.get(frame.index()).asDouble(), within(0.0011));
        }
    }

    @ParameterizedTest
    @CsvSource({ "anim.gif, 6", "av1.webm, 8", "mpeg4.mp4, 8", "prores.mov, 3" })
    void tenFramesASecond(String name, int count) throws IOException {
        List<Frame> frames = frames(name);
        assertThat(frames).hasSize(count);
        assertThat(frames).allSatisfy(frame -> assertThat(frame.time().toMillis()).isEqualTo(frame.index() * 100L));
    }

    @Test
    void aChangeOfSizeIsScaledToTheFirst() throws IOException {
        List<Frame> frames = frames("grows.webm");
        assertThat(frames).hasSize(8).allMatch(frame -> frame.image().width() == 48 && frame.image().height() == 32);
        // both halves begin with the same test picture, drawn for 48x32 and for 64x48: alike, and not the frame before
        RgbImage first = frames.get(0).image();
        assertThat(corner(frames.get(4).image())).isCloseTo(corner(first), within(12.0));
    }

    private static double corner(RgbImage image) {
        double sum = 0;
        for (int i = 0; i < 12; i++) {
            sum += image.pixels()[i] & 0xff;
        }
        return sum / 12;
    }

    /** The golden bt709.mp4 with another matrix. */
    @Test
    void turnsAndMirrors() throws IOException {
        RgbImage stored = ImageDecoder.decode(VideoGoldens.file("bt709.mp4.frame000.png"), ImageLimits.DEFAULT).image();
        RgbImage turned = frames("turned180.mp4").get(0).image();
        RgbImage mirrored = frames("mirrored.mp4").get(0).image();
        assertThat(turned.width()).isEqualTo(72);
        assertThat(mirrored.width()).isEqualTo(40);
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 72; x++) {
                assertThat(pixel(turned, 71 - x, 39 - y)).isEqualTo(pixel(stored, x, y));
                assertThat(pixel(mirrored, y, x)).isEqualTo(pixel(stored, x, y)); // its matrix swaps the axes
            }
        }
    }

    private static int pixel(RgbImage image, int x, int y) {
        int at = (y * image.width() + x) * 3;
        return (image.pixels()[at] & 0xff) << 16 | (image.pixels()[at + 1] & 0xff) << 8 | image.pixels()[at + 2] & 0xff;
    }

    @ParameterizedTest
    @CsvSource({ "slanted.mp4, turned or skewed", "sound.webm, no video", "ffv1.mkv, found ffv1" })
    void whatIsNotKnownIsSaid(String name, String message) {
        assertThatThrownBy(() -> {
            try (VideoDecoder decoder = open(DIRECTORY.resolve(name))) {
                decoder.next();
            }
        }).isInstanceOfSatisfying(VideoException.class, e -> assertThat(e.kind()).isEqualTo(VideoException.Kind.UNSUPPORTED))
                .hasMessageContaining(message);
    }

    /** Written by the JDK: a colour each, shown for 0.1, 0.3 and 0.2 s. */
    @Test
    void gifFramesHaveTheirColoursAndTimes() throws IOException {
        Path file = directory.resolve("colors.gif");
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.prepareWriteSequence(null);
            write(writer, Color.RED, "10");
            write(writer, Color.GREEN, "30");
            write(writer, Color.BLUE, "20");
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        try (VideoDecoder decoder = open(file)) {
            List<Frame> frames = VideoGoldens.frames(decoder);
            assertThat(frames).extracting(frame -> pixel(frame.image(), 3, 2)).containsExactly(0xff0000, 0x00ff00, 0x0000ff);
            assertThat(frames).extracting(frame -> frame.time().toMillis()).containsExactly(0L, 100L, 400L);
        }
    }

    private static void write(ImageWriter writer, Color color, String hundredths) throws IOException {
        BufferedImage image = filled(color);
        IIOMetadata metadata = writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), null);
        String format = "javax_imageio_gif_image_1.0";
        IIOMetadataNode root = new IIOMetadataNode(format);
        IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
        control.setAttribute("disposalMethod", "none");
        control.setAttribute("userInputFlag", "FALSE");
        control.setAttribute("transparentColorFlag", "FALSE");
        control.setAttribute("delayTime", hundredths);
        control.setAttribute("transparentColorIndex", "0");
        root.appendChild(control);
        metadata.mergeTree(format, root);
        writer.writeToSequence(new IIOImage(image, null, metadata), null);
    }

    private static BufferedImage filled(Color color) {
        BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 63; i++) {
            image.setRGB(i % 9, i / 9, color.getRGB());
        }
        return image;
    }

    @Test
    void theNameTellsNothing() throws IOException {
        Path file = Files.copy(VideoGoldens.file("vp8.webm"), directory.resolve("playlist.m3u8"));
        try (VideoDecoder decoder = open(file)) {
            assertThat(VideoGoldens.frames(decoder)).hasSize(7);
        }
    }

    @Test
    void aClosedDecoderSaysSo() throws IOException {
        VideoDecoder decoder = VideoGoldens.open("vp8.webm");
        decoder.next();
        decoder.close();
        decoder.close();
        assertThat(decoder.expectedFrames()).isPresent();
        assertThatThrownBy(decoder::next).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }
}
