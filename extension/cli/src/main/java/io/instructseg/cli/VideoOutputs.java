package io.instructseg.cli;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.instructseg.engine.FrameSegmentation;

/** All that is written of a video's answers. */
final class VideoOutputs implements FrameOutput {

    private final List<FrameOutput> outputs = new ArrayList<>();

    /** Owned until this is closed. */
    void add(FrameOutput output) {
        outputs.add(output);
    }

    @Override
    public void write(FrameSegmentation frame) throws IOException {
        for (FrameOutput output : outputs) {
            output.write(frame);
        }
    }

    @Override
    public void complete() throws IOException {
        for (FrameOutput output : outputs) {
            output.complete();
        }
    }

    /** All, whatever happens to one. */
    @Override
    public void close() throws IOException {
        close(new ArrayDeque<>(outputs));
    }

    private static void close(Deque<FrameOutput> rest) throws IOException {
        if (!rest.isEmpty()) {
            try (FrameOutput last = rest.removeLast()) {
                close(rest);
            }
        }
    }
}
