package io.instructseg.engine.video;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.instructseg.engine.image.RgbImage;

/** Native memory is freed on every path. */
class VideoMemoryTest {

    private static final int CYCLES = 1500;
    private static final int VIDEOS = 150;
    /**
     * Measured: 0 to 4 MB. What is smallest of all that could be forgotten, a file's buffer or a picture, would be 40 MB or
     * more.
     */
    private static final long MAX_GROWTH = 16 << 20;

    @TempDir
    Path directory;

    @Test
    void openingAndClosingLeavesNothing() throws IOException {
        byte[] damaged = Files.readAllBytes(VideoGoldens.file("vfr.mp4"));
        damaged[damaged.length / 4] ^= 0x55;
        List<Path> files = List.of(VideoGoldens.file("vfr.mp4"), VideoGoldens.file("odd_vp9.webm"),
                VideoFormatsTest.DIRECTORY.resolve("anim.gif"), VideoGoldens.file("truncated_no_index.mp4"),
                VideoFormatsTest.DIRECTORY.resolve("ffv1.mkv"), VideoFormatsTest.DIRECTORY.resolve("slanted.mp4"),
                Files.write(directory.resolve("damaged.mp4"), damaged));
        assertNoGrowth(() -> cycle(files));
        assertThat(FileInput.openCount()).isZero();
    }

    @Test
    void writingLeavesNothing() {
        assertNoGrowth(this::write);
    }

    /** The second time finds the heap as the first one did: what is more afterwards is native. */
    private static void assertNoGrowth(Runnable work) {
        work.run();
        System.gc();
        long before = Pointer.physicalBytes();
        work.run();
        System.gc();
        assertThat(Pointer.physicalBytes() - before).isLessThan(MAX_GROWTH);
    }

    /** Every second one is given up. */
    private void write() {
        RgbImage picture = new RgbImage(320, 240, new byte[320 * 240 * 3]);
        for (int i = 0; i < VIDEOS; i++) {
            try (VideoWriter writer = VideoWriter.create(directory.resolve("written.mp4"))) {
                writer.write(picture, Duration.ZERO);
                if (i % 2 == 0) {
                    writer.finish();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void cycle(List<Path> files) {
        for (int i = 0; i < CYCLES; i++) {
            FrameSelection selection = FrameSelection.ALL.first(1 + i % 5); // closed in the middle, mostly
            try (VideoDecoder decoder = VideoDecoder.open(files.get(i % files.size()), VideoLimits.DEFAULT, selection)) {
                while (decoder.next().isPresent()) {
                    // read on
                }
            } catch (IOException e) {
                assertThat(e).isInstanceOf(VideoException.class);
            }
        }
    }
}
