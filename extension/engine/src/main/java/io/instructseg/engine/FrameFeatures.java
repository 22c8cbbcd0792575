package io.instructseg.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.session.HostTensor;
import io.instructseg.engine.text.Prompt;
import io.instructseg.engine.video.Frame;

/**
 * What is kept of a frame: for other frames, what the perceiver found in it for each prompt (in the JVM's memory, since
 * rows of different frames are put together there); until it is the key frame itself, also its picture and patches.
 */
final class FrameFeatures implements AutoCloseable {

    private final List<HostTensor> perceived;
    /** Until the frame is the key frame. */
    private Frame frame;
    private Activations vision;

    private FrameFeatures(Frame frame, Activations vision, List<HostTensor> perceived) {
        this.frame = frame;
        this.vision = vision;
        this.perceived = perceived;
    }

    static FrameFeatures encode(Frame frame, List<Prompt> prompts, StageRunner runner) {
        Activations vision = ImageFeatures.encodeVision(frame.image(), runner);
        try {
            Activation patches = vision.get("patches");
            List<HostTensor> perceived = new ArrayList<>();
            for (List<Prompt> batch : PromptBatch.split(prompts, Math.toIntExact(patches.shape()[1]))) {
                perceived.addAll(perceive(runner, patches, batch));
            }
            return new FrameFeatures(frame, vision, perceived);
        } catch (RuntimeException | Error e) {
            vision.close();
            throw e;
        }
    }

    private static List<HostTensor> perceive(StageRunner runner, Activation patches, List<Prompt> prompts) {
        try (PromptBatch batch = new PromptBatch(prompts);
                Activations outputs = PromptStages.perceive(runner, patches, batch)) {
            HostTensor rows = outputs.get("perceived").toHost();
            long[] shape = rows.shape();
            float[] values = rows.floats();
            int size = values.length / prompts.size();
            List<HostTensor> each = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                each.add(HostTensor.floats(Arrays.copyOfRange(values, i * size, (i + 1) * size), shape[1], shape[2]));
            }
            return each;
        }
    }

    /** {@code [L, D]}. */
    HostTensor perceived(int prompt) {
        return perceived.get(prompt);
    }

    /** Once, before {@link #encodeKey}. */
    Frame frame() {
        return frame;
    }

    /** Encodes what only a key frame needs; the caller owns it. What it alone needs is not kept here any longer. */
    ImageFeatures encodeKey(StageRunner runner) {
        Frame own = frame;
        Activations patches = vision;
        frame = null;
        vision = null;
        return ImageFeatures.encode(own.image(), patches, runner);
    }

    @Override
    public void close() {
        if (vision != null) {
            vision.close();
            vision = null;
        }
    }
}
