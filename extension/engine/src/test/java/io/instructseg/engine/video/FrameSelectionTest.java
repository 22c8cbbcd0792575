package io.instructseg.engine.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.video.VideoException.Kind;

/** Which frames are taken, on goldens: vfr.mp4 has a variable frame rate, bframes.mp4 60 frames at 30 a second. */
class FrameSelectionTest {

    private static List<Frame> frames(String name, FrameSelection selection, VideoLimits limits) throws IOException {
        try (VideoDecoder decoder = VideoDecoder.open(VideoGoldens.file(name), limits, selection)) {
            return VideoGoldens.frames(decoder);
        }
    }

    private static List<Long> millis(String name, FrameSelection selection) throws IOException {
        List<Frame> frames = frames(name, selection, VideoLimits.DEFAULT);
        assertThat(frames).allSatisfy(frame -> assertThat(frame.index()).isEqualTo(frames.indexOf(frame)));
        return frames.stream().map(frame -> frame.time().toMillis()).toList();
    }

    /** All are 0 33 66 133 200 266 333 433 533 633 733 866 1000 1133. */
    @Test
    void rangesAndStridesFollowTheTimesThatAreShown() throws IOException {
        assertThat(millis("vfr.mp4", FrameSelection.ALL.from(Duration.ofMillis(266)))).startsWith(266L, 333L);
        assertThat(millis("vfr.mp4", FrameSelection.ALL.from(Duration.ofMillis(267)).until(Duration.ofMillis(533))))
                .containsExactly(333L, 433L);
        assertThat(millis("vfr.mp4", FrameSelection.ALL.stride(4))).containsExactly(0L, 200L, 533L, 1000L);
        assertThat(millis("vfr.mp4", FrameSelection.ALL.from(Duration.ofMillis(100)).stride(5).first(2)))
                .containsExactly(133L, 533L);
    }

    @Test
    void anIntervalTakesNoFrameTwice() throws IOException {
        assertThat(millis("vfr.mp4", FrameSelection.ALL.every(Duration.ofMillis(200)))).containsExactly(0L, 200L, 433L, 633L,
                866L, 1000L);
        assertThat(millis("vfr.mp4", FrameSelection.ALL.every(Duration.ofMillis(10)))).hasSize(14);
        assertThat(millis("vfr.mp4", FrameSelection.ALL.every(Duration.ofHours(1)))).containsExactly(0L);
    }

    @Test
    void aRangeBeyondTheEndIsEmpty() throws IOException {
        assertThat(millis("vfr.mp4", FrameSelection.ALL.from(Duration.ofMinutes(1)))).isEmpty();
    }

    @Test
    void theFileTellsHowManyFramesToExpect() throws IOException {
        assertThat(expected("bframes.mp4", FrameSelection.ALL)).hasValue(60);
        assertThat(expected("bframes.mp4", FrameSelection.ALL.stride(7))).hasValue(9);
        assertThat(expected("bframes.mp4", FrameSelection.ALL.from(Duration.ofSeconds(1)).first(100))).hasValue(30);
        assertThat(expected("bframes.mp4", FrameSelection.ALL.first(8))).hasValue(8);
        assertThat(expected("bframes.mp4", FrameSelection.ALL.every(Duration.ofMillis(500)))).hasValue(4);
        assertThat(expected("bframes.mp4", FrameSelection.ALL.from(Duration.ofMinutes(1)))).hasValue(0);
        assertThat(expected("odd_vp9.webm", FrameSelection.ALL).orElseThrow()).isBetween(8L, 10L);
    }

    private static OptionalLong expected(String name, FrameSelection selection) throws IOException {
        try (VideoDecoder decoder = VideoDecoder.open(VideoGoldens.file(name), VideoLimits.DEFAULT, selection)) {
            return decoder.expectedFrames();
        }
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        assertThatThrownBy(() -> FrameSelection.ALL.stride(0)).hasMessage("stride is 0, expected 1 or more");
        assertThatThrownBy(() -> FrameSelection.ALL.first(0)).hasMessageStartingWith("count is 0");
        assertThatThrownBy(() -> FrameSelection.ALL.until(Duration.ZERO)).hasMessageStartingWith("end is PT0S");
        assertThatThrownBy(() -> FrameSelection.ALL.from(Duration.ofMillis(-1))).hasMessageStartingWith("start is PT-0.001S");
        assertThatThrownBy(() -> FrameSelection.ALL.every(Duration.ofSeconds(1)).stride(2))
                .hasMessage("stride is 2, expected 1, since there is an interval");
    }

    @Test
    void limitsHoldBeforeWorkStartsWhereTheFileTells() {
        VideoLimits limits = VideoLimits.DEFAULT;
        assertTooLarge(new VideoLimits(59, limits.maxDuration(), limits.maxPixels(), limits.maxBytes()), "60");
        assertTooLarge(new VideoLimits(60, Duration.ofMillis(1999), limits.maxPixels(), limits.maxBytes()), "2.0 s");
        assertTooLarge(new VideoLimits(60, limits.maxDuration(), 64 * 48 - 1, limits.maxBytes()), "64x48");
        assertTooLarge(new VideoLimits(60, limits.maxDuration(), limits.maxPixels(), 11_530), "11531 bytes");
    }

    private static void assertTooLarge(VideoLimits limits, String found) {
        assertThatThrownBy(() -> VideoDecoder.open(VideoGoldens.file("bframes.mp4"), limits, FrameSelection.ALL))
                .isInstanceOfSatisfying(VideoException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE))
                .hasMessageContaining(found);
    }

    /** Limits are for what is taken. */
    @Test
    void aSelectionMayFitWhereTheWholeDoesNot() throws IOException {
        VideoLimits limits = new VideoLimits(20, Duration.ofMillis(700), 64 * 48, 20_000);
        assertThat(frames("bframes.mp4", FrameSelection.ALL.from(Duration.ofSeconds(1)).until(Duration.ofMillis(1600)), limits))
                .hasSize(18);
        assertThat(frames("bframes.mp4", FrameSelection.ALL.first(20), limits)).hasSize(20);
    }

    /** A file in fragments tells of its first one only; its frames are those above. */
    @Test
    void limitsHoldWhileDecodingWhereItDoesNot() throws IOException {
        assertFramesThen(4, "too many frames", new VideoLimits(4, Duration.ofHours(1), 10_000, 10_000));
        assertFramesThen(12, "too long", new VideoLimits(100, Duration.ofMillis(990), 10_000, 10_000));
    }

    private static void assertFramesThen(int frames, String message, VideoLimits limits) throws IOException {
        Path file = VideoFormatsTest.DIRECTORY.resolve("fragmented.mp4");
        try (VideoDecoder decoder = VideoDecoder.open(file, limits, FrameSelection.ALL)) {
            for (int i = 0; i < frames; i++) {
                assertThat(decoder.next()).isPresent();
            }
            assertThatThrownBy(decoder::next)
                    .isInstanceOfSatisfying(VideoException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE))
                    .hasMessageContaining(message);
        }
    }

    /** The stream grows from 48x32 to 64x48. */
    @Test
    void aFrameThatGrowsBeyondTheLimitEndsTheVideo() throws IOException {
        VideoLimits limits = new VideoLimits(100, Duration.ofHours(1), 48 * 32, 10_000);
        try (VideoDecoder decoder = VideoDecoder.open(VideoFormatsTest.DIRECTORY.resolve("grows.webm"), limits,
                FrameSelection.ALL)) {
            for (int i = 0; i < 4; i++) {
                assertThat(decoder.next()).isPresent();
            }
            assertThatThrownBy(decoder::next)
                    .isInstanceOfSatisfying(VideoException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE))
                    .hasMessageContaining("64x48");
            assertThatThrownBy(decoder::next).isInstanceOf(VideoException.class).hasMessageContaining("64x48");
        }
    }
}
