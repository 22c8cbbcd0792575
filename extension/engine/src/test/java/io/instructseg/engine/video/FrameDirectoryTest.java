package io.instructseg.engine.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.instructseg.engine.video.VideoException.Kind;

class FrameDirectoryTest {

    private static final Duration INTERVAL = Duration.ofMillis(40);

    @TempDir
    Path folder;

    private void write(String name, int red) throws IOException {
        write(name, red, 8, 6);
    }

    private void write(String name, int red, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, red << 16);
        ImageIO.write(image, "png", folder.resolve(name).toFile());
    }

    private List<Frame> frames(FrameSelection selection) throws IOException {
        try (FrameDirectory frames = FrameDirectory.open(folder, INTERVAL, VideoLimits.DEFAULT, selection)) {
            Stream.Builder<Frame> all = Stream.builder();
            for (var frame = frames.next(); frame.isPresent(); frame = frames.next()) {
                all.add(frame.get());
            }
            return all.build().toList();
        }
    }

    private void assertRefused(Kind kind, String message) {
        assertThatThrownBy(() -> frames(FrameSelection.ALL))
                .isInstanceOfSatisfying(VideoException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    private static List<Integer> reds(List<Frame> frames) {
        return frames.stream().map(frame -> frame.image().pixels()[0] & 0xff).toList();
    }

    @Test
    void framesComeByTheirNumbers() throws IOException {
        for (int i : new int[] { 10, 9, 1, 100, 11 }) {
            write("frame" + i + ".png", i);
        }
        write("frame002.png", 2);
        Files.writeString(folder.resolve(".hidden"), "not a frame");
        List<Frame> frames = frames(FrameSelection.ALL);
        assertThat(reds(frames)).containsExactly(1, 2, 9, 10, 11, 100);
        assertThat(frames).extracting(Frame::index).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(frames).extracting(frame -> frame.time().toMillis()).containsExactly(0L, 40L, 80L, 120L, 160L, 200L);
    }

    @Test
    void aSelectionMakesTheSequence() throws IOException {
        for (int i = 0; i < 10; i++) {
            write(i + ".png", i);
        }
        List<Frame> frames = frames(FrameSelection.ALL.from(Duration.ofMillis(70)).until(Duration.ofMillis(320)).stride(3));
        assertThat(reds(frames)).containsExactly(2, 5);
        assertThat(frames).extracting(Frame::index).containsExactly(0, 1);
        assertThat(frames).extracting(frame -> frame.time().toMillis()).containsExactly(80L, 200L);
    }

    @Test
    void whatIsNoFrameIsNamed() throws IOException {
        assertRefused(Kind.DAMAGED, "no frame");
        write("0.png", 0);
        Path text = Files.writeString(folder.resolve("readme.txt"), "not a frame");
        assertRefused(Kind.UNSUPPORTED, "frame readme.txt: not a picture");
        Files.delete(text);
        Files.createDirectory(folder.resolve("more"));
        assertRefused(Kind.UNSUPPORTED, "found more, expected files only");
    }

    @Test
    void linksMayNotLeaveTheFolder(@TempDir Path elsewhere) throws IOException {
        write("0.png", 0);
        Files.createSymbolicLink(folder.resolve("1.png"), folder.resolve("0.png"));
        assertThat(frames(FrameSelection.ALL)).hasSize(2);
        Path secret = Files.copy(folder.resolve("0.png"), elsewhere.resolve("secret.png"));
        Files.createSymbolicLink(folder.resolve("2.png"), secret);
        assertRefused(Kind.UNSUPPORTED, "2.png is a link out of the folder");
    }

    @Test
    void framesAreOfOneSize() throws IOException {
        write("0.png", 0);
        write("1.png", 1, 9, 6);
        assertRefused(Kind.UNSUPPORTED, "1.png of 9x6, expected the first one's 8x6");
    }

    @Test
    void aFrameThatIsCutOffIsDamaged() throws IOException {
        Files.copy(VideoGoldens.DIRECTORY.resolveSibling("images").resolve("jpeg_truncated.jpg"), folder.resolve("0.jpg"));
        assertRefused(Kind.DAMAGED, "0.jpg is incomplete");
    }

    @Test
    void limitsHoldBeforeAFrameIsRead() throws IOException {
        for (int i = 0; i < 5; i++) {
            Files.writeString(folder.resolve(i + ".png"), "never read");
        }
        VideoLimits fourFrames = new VideoLimits(4, Duration.ofHours(1), 100, 100);
        assertThatThrownBy(() -> FrameDirectory.open(folder, INTERVAL, fourFrames, FrameSelection.ALL))
                .isInstanceOf(VideoException.class).hasMessageContaining("too many frames").hasMessageContaining("4");
        VideoLimits tenthOfASecond = new VideoLimits(100, Duration.ofMillis(100), 100, 100);
        assertThatThrownBy(() -> FrameDirectory.open(folder, INTERVAL, tenthOfASecond, FrameSelection.ALL))
                .isInstanceOf(VideoException.class).hasMessageContaining("too long");
    }
}
