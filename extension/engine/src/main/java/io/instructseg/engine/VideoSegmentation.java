package io.instructseg.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.mask.ProbabilityMerger;
import io.instructseg.engine.session.Activation;
import io.instructseg.engine.session.Activations;
import io.instructseg.engine.text.Prompt;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSource;
import io.instructseg.engine.video.ReferenceFrames;
import io.instructseg.engine.video.VideoException;

/**
 * A video that is segmented frame by frame, each when it is asked for: a frame is only decoded when one that is asked for
 * needs it as a reference. Each is encoded once, and perceived once for each instruction. What is kept does not grow with the
 * video.
 * <p>
 * For one thread at a time. Owns the frames' source and TensorFlow's memory until closed; after any exception it is.
 */
public final class VideoSegmentation implements AutoCloseable {

    private final FrameSource source;
    private final List<Instruction> instructions;
    private final List<Prompt> prompts;
    private final ReferenceFrames references;
    private final VideoOptions options;
    private final Supplier<StageRunner> runners;
    private final FrameWindow window = new FrameWindow();
    /** What ended the source before its time. */
    private VideoException failure;
    private boolean ended;
    private boolean closed;
    /** Place of the next frame to answer. */
    private int key;

    /**
     * @param prompts one for each instruction
     * @param runners gives one for each answer
     */
    VideoSegmentation(FrameSource source, List<Instruction> instructions, List<Prompt> prompts, ReferenceFrames references,
            VideoOptions options, Supplier<StageRunner> runners) {
        this.source = source;
        this.instructions = List.copyOf(instructions);
        this.prompts = prompts;
        this.references = references;
        this.options = options;
        this.runners = runners;
    }

    /** How many frames {@link #next()} reads from its source at most. */
    public int framesNeeded() {
        return ended ? 0 : Math.max(0, references.lastNeeded(key) + 1 - window.end());
    }

    /**
     * Segments the next frame; nothing at the end. Blocks while it does.
     *
     * @throws VideoException if the video is damaged or beyond a limit, once all frames before were answered
     * @throws ImageException if the masks of all answers would take more than a quarter of the Java heap
     * @throws java.util.concurrent.CancellationException between two stages, once cancelled
     * @throws IllegalStateException if this is closed
     */
    public Optional<FrameSegmentation> next() throws VideoException, ImageException {
        if (closed) {
            throw new IllegalStateException("this video is closed");
        }
        try {
            StageRunner runner = runners.get();
            while (!ended && window.end() <= references.lastNeeded(key)) {
                read(runner);
            }
            if (key < window.end()) {
                FrameSegmentation answer = answer(runner);
                key++;
                window.dropBefore(references.firstNeeded(key));
                return Optional.of(answer);
            }
            if (failure != null) {
                throw failure;
            }
            return Optional.empty();
        } catch (VideoException | ImageException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void read(StageRunner runner) {
        runner.throwIfCancelled();
        try {
            Optional<Frame> frame = source.next();
            if (frame.isPresent()) {
                window.add(FrameFeatures.encode(frame.get(), prompts, runner));
            } else {
                ended = true;
            }
        } catch (VideoException e) {
            ended = true;
            failure = e;
        }
    }

    private FrameSegmentation answer(StageRunner runner) throws ImageException {
        Frame frame = window.get(key).frame();
        MaskMemory.require(frame.image(), prompts.size(), wantsAll() ? runner.size("Q") : 1);
        if (options.mergesByProbability()) {
            MaskMemory.requireMerging(frame.image());
        }
        Optional<ProbabilityMerger> merger = options.mergesByProbability()
                ? Optional.of(new ProbabilityMerger(frame.image().width(), frame.image().height()))
                : Optional.empty();
        List<List<Candidate>> candidates = new ArrayList<>();
        try (ImageFeatures image = window.get(key).encodeKey(runner)) {
            List<Integer> others = references.of(key, window.end());
            for (List<Prompt> batch : PromptBatch.split(prompts, visualTokens(image, others))) {
                answer(runner, image, others, batch, candidates, merger);
            }
        }
        DecodedImage picture = new DecodedImage(frame.image(), false);
        List<Segmentation> answers = IntStream.range(0, candidates.size())
                .mapToObj(i -> Segmentation.of(instructions.get(i), candidates.get(i), options.answers().threshold(), picture,
                        runner.timings().durations()))
                .toList();
        return new FrameSegmentation(frame, answers, merger.map(ProbabilityMerger::labels));
    }

    /** @param candidates of the prompts before; takes those of the batch */
    private void answer(StageRunner runner, ImageFeatures image, List<Integer> others, List<Prompt> batch,
            List<List<Candidate>> candidates, Optional<ProbabilityMerger> merger) {
        int from = candidates.size();
        try (PromptBatch tensors = new PromptBatch(batch);
                Activation perceived = window.perceived(from, from + batch.size(), others);
                Activations decoded = PromptStages.decode(runner, image, tensors, perceived)) {
            MaskResolver resolver = new MaskResolver(runner, image, decoded);
            for (int item = 0; item < batch.size(); item++) {
                List<Candidate> found = wantsAll() ? resolver.all(item) : List.of(resolver.best(item));
                candidates.add(found);
                Candidate best = found.get(0);
                if (merger.isPresent() && best.score() >= options.answers().threshold()) {
                    merger.get().add(from + item, resolver.logits(item, best.query()));
                }
            }
        }
    }

    /** Tokens of the picture and of its references in each prompt. */
    private int visualTokens(ImageFeatures image, List<Integer> others) {
        if (prompts.isEmpty()) {
            return image.patchTokens();
        }
        long perceived = window.get(others.get(0)).perceived(0).shape()[0];
        return Math.toIntExact(image.patchTokens() + others.size() * perceived);
    }

    private boolean wantsAll() {
        return options.answers().candidates() == Candidates.ALL;
    }

    /** Frees everything, and closes the source. Has no effect the second time. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (source) {
            window.close();
        }
    }
}
