package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.engine.video.VideoDecoder;
import io.instructseg.engine.video.VideoLimits;

class VideoOutputsTest {

    private static final PrintWriter NOWHERE = new PrintWriter(OutputStream.nullOutputStream());

    @TempDir
    Path temp;

    private VideoTargets targets() {
        return new VideoTargets(Optional.of(temp.resolve("masks")), Optional.of(temp.resolve("o.mp4")),
                Optional.of(temp.resolve("a.jsonl")), false);
    }

    private static FrameSegmentation frame(int index, Duration time, int side) {
        RgbImage image = new RgbImage(side, side, new byte[side * side * 3]);
        Segmentation answer = new Segmentation(Instruction.referring("a"), false, 0.25, Mask.empty(side, side), List.of(),
                new DecodedImage(image, false), Map.of());
        return new FrameSegmentation(new Frame(index, time, image), List.of(answer), Optional.empty());
    }

    @Test
    void whatIsNotCompleteLeavesNothing() throws IOException {
        Path overlay = Files.writeString(temp.resolve("o.mp4"), "kept");
        try (VideoOutputs outputs = targets().open(NOWHERE)) {
            outputs.write(frame(0, Duration.ZERO, 32));
            assertThat(names()).hasSize(4).doesNotContain("masks", "a.jsonl");
            // the video's writer takes one size
            assertThatThrownBy(() -> outputs.write(frame(1, Duration.ofMillis(40), 48)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(names()).containsExactly("o.mp4");
        assertThat(overlay).hasContent("kept");
    }

    @Test
    void framesOfOneTimeAreAllInTheOverlay() throws IOException {
        try (VideoOutputs outputs = targets().open(NOWHERE)) {
            for (int i = 0; i < 3; i++) {
                outputs.write(frame(i, Duration.ofMillis(40), 32));
            }
            outputs.complete();
        }
        assertThat(names()).containsExactlyInAnyOrder("masks", "o.mp4", "a.jsonl");
        try (FrameSource frames = VideoDecoder.open(temp.resolve("o.mp4"), VideoLimits.DEFAULT, FrameSelection.ALL)) {
            for (int i = 0; i < 3; i++) {
                assertThat(frames.next()).isPresent();
            }
            assertThat(frames.next()).isEmpty();
        }
        assertThat(Files.readAllLines(temp.resolve("a.jsonl"))).hasSize(3).first().isEqualTo("{\"index\":0,\"time\":0.04,"
                + "\"segmentations\":[{\"sentence\":\"a\",\"task\":\"referring\",\"found\":false,\"score\":0.25,"
                + "\"mask\":{\"area\":0,\"box\":null,\"rle\":{\"size\":[32,32],\"counts\":\"PP1\"}}}]}");
    }

    @Test
    void aReaderThatLeavesEndsTheWork() throws IOException {
        PrintWriter broken = new PrintWriter(new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("broken pipe");
            }
        });
        VideoTargets targets = new VideoTargets(Optional.empty(), Optional.empty(), Optional.empty(), true);
        try (VideoOutputs outputs = targets.open(broken)) {
            assertThatThrownBy(() -> outputs.write(frame(0, Duration.ZERO, 8))).isInstanceOf(IOException.class)
                    .hasMessage("standard output can't be written to any more");
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(temp)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
