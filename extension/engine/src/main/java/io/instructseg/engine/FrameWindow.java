package io.instructseg.engine;

import java.util.ArrayList;
import java.util.List;

import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.HostTensor;

/** The frames of a video that are still needed, by their place in the sequence. Owns their features until closed. */
final class FrameWindow implements AutoCloseable {

    private final List<FrameFeatures> frames = new ArrayList<>();
    private int first;

    /** The place behind the last frame: so many were read. */
    int end() {
        return first + frames.size();
    }

    void add(FrameFeatures frame) {
        frames.add(frame);
    }

    FrameFeatures get(int place) {
        return frames.get(place - first);
    }

    /** Forgets all frames before a place. */
    void dropBefore(int place) {
        List<FrameFeatures> dropped = frames.subList(0, Math.min(place - first, frames.size()));
        first += dropped.size();
        dropped.forEach(FrameFeatures::close);
        dropped.clear();
    }

    /**
     * What was perceived in the references for some prompts, {@code [prompts * references, L, D]}: those of a prompt in a row.
     *
     * @param from first prompt
     * @param to prompt behind the last
     */
    Activation perceived(int from, int to, List<Integer> references) {
        long[] shape = get(references.get(0)).perceived(from).shape();
        int size = Math.toIntExact(shape[0] * shape[1]);
        float[] rows = new float[(to - from) * references.size() * size];
        int at = 0;
        for (int prompt = from; prompt < to; prompt++) {
            for (int reference : references) {
                HostTensor perceived = get(reference).perceived(prompt);
                System.arraycopy(perceived.floats(), 0, rows, at, size);
                at += size;
            }
        }
        return Activation.of(HostTensor.floats(rows, rows.length / size, shape[0], shape[1]));
    }

    @Override
    public void close() {
        dropBefore(end());
    }
}
