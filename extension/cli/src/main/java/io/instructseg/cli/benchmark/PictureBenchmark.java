package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.instructseg.cli.benchmark.PictureReport.Gap;
import io.instructseg.cli.benchmark.PictureReport.Memory;
import io.instructseg.cli.benchmark.PictureReport.Words;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.Bfloat16Products;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.format.ModelManifest;
import io.instructseg.format.Signature;
import io.instructseg.tensorflow.Processor;

/**
 * Measures what a picture takes: loading, the first answers after it, then {@link PictureRounds rounds} of answers; then
 * answers whose operations are recorded.
 *
 * @param sentences how many are several
 */
public record PictureBenchmark(DecodedImage image, int sentences, int rounds, Watcher watcher) {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int RGB = 3;

    private static final double WORTH_TELLING_SECONDS = 30;

    /** Loads the model, showing how far that is. */
    @FunctionalInterface
    public interface Loading {
        SegmentationModel load() throws IOException;
    }

    /** A made-up picture of 640x480 pixels. */
    public static DecodedImage madeUp() {
        byte[] pixels = new byte[WIDTH * HEIGHT * RGB];
        for (int i = 0; i < pixels.length; i++) {
            int x = i / RGB % WIDTH;
            int y = i / RGB / WIDTH;
            boolean inside = x > 90 && x < 260 && y > 120 && y < 380;
            pixels[i] = (byte) (inside ? 90 * (i % RGB) : x / 4 + y / 3 + 40 * (i % RGB));
        }
        return new DecodedImage(new RgbImage(WIDTH, HEIGHT, pixels), false);
    }

    /**
     * Loads a model and measures it.
     *
     * @param directory where it lies
     * @throws IOException if it can't be loaded
     */
    public PictureReport run(String name, Path directory, ModelManifest manifest, Loading loading, Conditions conditions)
            throws IOException {
        long before = ResidentMemory.now().orElse(0);
        ResidentMemory.forgetPeak();
        long start = System.nanoTime();
        try (SegmentationModel model = loading.load()) {
            double loadSeconds = (System.nanoTime() - start) * 1e-9;
            long loaded = ResidentMemory.now().orElse(0);
            long loadingPeak = ResidentMemory.peak().orElse(0);
            PictureRequest request = new PictureRequest(model, image);
            Optional<WordsRequest> words = model.generatesText() ? Optional.of(new WordsRequest(model, image))
                    : Optional.empty();
            AnsweringMemory answering = new AnsweringMemory();
            PictureRounds answers = new PictureRounds(request, sentences, words, answering, watcher);
            FirstAnswers first = answers.first();
            if (first.rest(rounds) > WORTH_TELLING_SECONDS) {
                watcher.tell(first.words(sentences, rounds));
            }
            PictureRounds.Measured measured = answers.measure(rounds,
                    Bfloat16Products.precision(manifest.precision(), Processor.here()));
            PictureSummary summary = new PictureSummary(name, manifest, request, directory, measured.limits());
            Words spoken = words.map(some -> summary.words(some.times())).orElse(null);
            Memory memory = new Memory(loadSeconds, manifest.parameters().bytes(), before, loaded, loadingPeak,
                    first.most(), answering.most());
            return new PictureReport(conditions, summary.model(), measured.limits(), memory,
                    List.of(summary.answer(1, first.one(), measured.one()),
                            summary.answer(sentences, first.several(), measured.several())),
                    spoken, gaps(request, words, summary, spoken));
        }
    }

    private List<Gap> gaps(PictureRequest request, Optional<WordsRequest> words, PictureSummary summary, Words spoken)
            throws IOException {
        watcher.step("recording operations");
        ModelSession session = request.model().session();
        List<Gap> gaps = new ArrayList<>(new GapRecording(session).gaps(() -> request.run(1).stages(), summary::floor));
        if (words.isPresent()) {
            gaps.addAll(gaps(session, words.get(), spoken));
        }
        return gaps;
    }

    private static List<Gap> gaps(ModelSession session, WordsRequest words, Words spoken) throws IOException {
        // what the first of two answers adds to the times is not asked for any more
        words.forget();
        List<Gap> gaps = new GapRecording(session).gaps(words::run, stage -> stage == Signature.PREFILL
                ? spoken.prefillFloor()
                : words.times().tokens().size() / GapRecording.REQUESTS * spoken.tokenFloor());
        List<String> own = List.of(Signature.PREFILL.key(), Signature.DECODE.key());
        return gaps.stream().filter(gap -> own.contains(gap.name())).toList();
    }
}
