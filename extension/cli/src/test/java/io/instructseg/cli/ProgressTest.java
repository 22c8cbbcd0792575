package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;

class ProgressTest {

    private final StringWriter shown = new StringWriter();
    private long now = 1_000_000;

    private Progress progress(boolean terminal) {
        return new Progress(new PrintWriter(shown), terminal, () -> now);
    }

    private void tickAfter(Progress progress, double seconds) {
        now += (long) (seconds * 1e9);
        progress.tick();
    }

    @Test
    void shortStepsAreNotShown() {
        try (Progress progress = progress(false)) {
            progress.step("one");
            tickAfter(progress, 0.9);
            progress.step("two");
            tickAfter(progress, 0.9);
        }
        assertThat(shown).hasToString("");
    }

    @Test
    void aLogGetsALineEveryFewSeconds() {
        try (Progress progress = progress(false)) {
            progress.update("converting", 0, 4_000_000);
            for (int tick = 0; tick < 20; tick++) {
                progress.update("converting", 100_000 * (tick + 1), 4_000_000);
                tickAfter(progress, 0.5);
            }
        }
        assertThat(shown.toString().lines()).containsExactly(
                "converting: 5 % of 4.0 MB, 200.0 kB/s, 19 s left", "converting: 30 % of 4.0 MB, 200.0 kB/s, 14 s left");
    }

    @Test
    void framesAreCountedAndWhatIsNotKnownIsNotTold() {
        try (Progress progress = progress(false)) {
            progress.updateFrames("segmenting", 0, OptionalLong.of(100));
            progress.updateFrames("segmenting", 10, OptionalLong.of(100));
            tickAfter(progress, 5);
            progress.updateFrames("segmenting", 120, OptionalLong.of(100));
            tickAfter(progress, 5);
            progress.updateFrames("a live stream", 0, OptionalLong.empty());
            tickAfter(progress, 6);
            progress.updateFrames("a live stream", 3, OptionalLong.empty());
            tickAfter(progress, 6);
        }
        assertThat(shown.toString().lines()).containsExactly("segmenting: 10 % of 100 frames, 2.0 frames/s, 45 s left",
                "segmenting: 120 frames, 12.0 frames/s", "a live stream: 6 s", "a live stream: 3 frames, 0.25 frames/s");
    }

    @Test
    void aTerminalHasOneLineThatIsClearedInTheEnd() {
        try (Progress progress = progress(true)) {
            progress.step("loading");
            tickAfter(progress, 1.1);
            tickAfter(progress, 61);
        }
        assertThat(shown).hasToString("\r\u001b[Kloading: 1 s\r\u001b[Kloading: 1 min 2 s\r\u001b[K");
    }
}
