package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.VideoOptions;
import io.instructseg.engine.VideoSegmentation;
import io.instructseg.engine.session.Bfloat16Products;
import io.instructseg.engine.text.Medium;
import io.instructseg.engine.text.Prompt;
import io.instructseg.engine.text.Task;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.format.ModelManifest;
import io.instructseg.tensorflow.Processor;

/**
 * Measures what a video's frame takes, for one sentence and for several.
 *
 * @param video opened once for each
 * @param frames to segment for one sentence
 * @param sentences how many are several
 */
public record VideoBenchmark(Video video, int frames, int sentences, Watcher watcher) {

    private static final String SENTENCE = "the thing on the left";
    private static final int FRAMES_OF_SEVERAL = 50;

    /** A video that can be read several times. */
    @FunctionalInterface
    public interface Video {

        /** At most so many frames. */
        FrameSource open(int most) throws IOException;
    }

    /**
     * Measures a loaded model.
     *
     * @param manifest the model's
     * @throws IOException if the video can't be read
     */
    public VideoReport run(SegmentationModel model, ModelManifest manifest, Conditions conditions) throws IOException {
        Prompt prompt = model.prompts().segmentation(Medium.VIDEO, Task.REFERRING, List.of(SENTENCE));
        FrameFlops flops = new FrameFlops(manifest.hyperparameters(), StageFlops.words(prompt), prompt.instruction().length,
                model.referenceFrames());
        watcher.step("warming up");
        model.warmUp(CancellationToken.NONE);
        VideoMeasurement one = measure(model, manifest, 1, frames);
        VideoMeasurement several = measure(model, manifest, sentences, Math.min(frames, FRAMES_OF_SEVERAL));
        return VideoReport.of(conditions, manifest.precision(), sentences, flops, one, several);
    }

    private VideoMeasurement measure(SegmentationModel model, ModelManifest manifest, int some, int most) throws IOException {
        List<Instruction> instructions = IntStream.range(0, some).mapToObj(i -> Instruction.referring(SENTENCE)).toList();
        try (VideoSegmentation answers = model.segment(video.open(most), instructions, VideoOptions.DEFAULT,
                CancellationToken.NONE)) {
            return VideoMeasurement.of(answers, Bfloat16Products.precision(manifest.precision(), Processor.here()),
                    done -> watcher.update("frames, sentences: " + some, done, most));
        }
    }
}
