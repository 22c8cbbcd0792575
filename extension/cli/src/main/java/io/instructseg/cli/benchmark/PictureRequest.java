package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.StageRun;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.text.Medium;
import io.instructseg.engine.text.Prompt;
import io.instructseg.engine.text.Task;
import io.instructseg.format.Signature;

/** A picture with a sentence, asked for once or several times in one request: so all prompts have one length. */
record PictureRequest(SegmentationModel model, DecodedImage image) {

    private static final String SENTENCE = "the thing on the left";

    /**
     * What a request took.
     *
     * @param seconds from end to end, without decoding the picture's file
     * @param stages seconds of all runs of a stage
     * @param runs of a stage
     */
    record Times(double seconds, Map<Signature, Double> stages, Map<Signature, Integer> runs) {
    }

    Prompt prompt() {
        return model.prompts().segmentation(Medium.IMAGE, Task.REFERRING, List.of(SENTENCE));
    }

    Times run(int sentences) throws IOException {
        List<Instruction> instructions = Collections.nCopies(sentences, Instruction.referring(SENTENCE));
        Map<Signature, Double> stages = new EnumMap<>(Signature.class);
        Map<Signature, Integer> runs = new EnumMap<>(Signature.class);
        long start = System.nanoTime();
        model.segment(image, instructions, SegmentationOptions.DEFAULT, CancellationToken.NONE,
                run -> add(run, stages, runs));
        return new Times((System.nanoTime() - start) * 1e-9, stages, runs);
    }

    /** Stages may run side by side. */
    private static void add(StageRun run, Map<Signature, Double> stages, Map<Signature, Integer> runs) {
        synchronized (stages) {
            stages.merge(run.stage(), run.took().toNanos() * 1e-9, Double::sum);
            runs.merge(run.stage(), 1, Integer::sum);
        }
    }
}
