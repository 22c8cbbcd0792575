package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.mask.Overlay;
import io.instructseg.engine.video.VideoWriter;

/** The frames with their objects painted over them, as an MP4 file. */
final class OverlayVideo implements FrameOutput {

    /** A tick of the writer's clock, rounded up: frames of one time become frames one behind the other. */
    private static final Duration SHORTEST = Duration.ofNanos(16_667);

    private final PendingOutput output;
    private final VideoWriter writer;
    private Duration next = Duration.ZERO;

    OverlayVideo(Path file) throws IOException {
        output = new PendingOutput(file);
        try {
            writer = VideoWriter.create(output.path());
        } catch (IOException | RuntimeException e) {
            output.close();
            throw e;
        }
    }

    @Override
    public void write(FrameSegmentation frame) throws IOException {
        Duration own = frame.frame().time();
        Duration time = own.compareTo(next) < 0 ? next : own;
        writer.write(Overlay.paint(frame.frame().image(), frame.labels()), time);
        next = time.plus(SHORTEST);
    }

    @Override
    public void complete() throws IOException {
        writer.finish();
        output.complete();
    }

    @Override
    public void close() throws IOException {
        try (output) {
            writer.close();
        }
    }
}
