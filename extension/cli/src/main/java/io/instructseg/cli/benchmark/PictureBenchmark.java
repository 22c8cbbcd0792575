package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.instructseg.cli.benchmark.PictureReport.Gap;
import io.instructseg.cli.benchmark.PictureReport.Limits;
import io.instructseg.cli.benchmark.PictureReport.Memory;
import io.instructseg.cli.benchmark.PictureReport.Words;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.MatrixProduct;
import io.instructseg.engine.session.ModelSession;
import io.instructseg.format.ModelManifest;
import io.instructseg.format.Precision;
import io.instructseg.format.Signature;

/**
 * Measures what a picture takes: the first answers after loading, then rounds of an answer to one sentence, one to several, a
 * matrix product and a reading of memory in turn, so that all see the machine in the same minutes; then an answer whose
 * operations are recorded.
 *
 * @param sentences how many are several
 */
public record PictureBenchmark(DecodedImage image, int sentences, int rounds, Watcher watcher) {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int RGB = 3;

    private record Rounds(List<PictureRequest.Times> one, List<PictureRequest.Times> several, List<Double> products,
            List<Double> readings) {

        Limits limits() {
            return new Limits(Samples.median(products), Samples.largest(products), Samples.median(readings));
        }
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
     * @throws IOException if it can't be loaded, or has no {@code model.json} that tells its sizes
     */
    public PictureReport run(String name, Path directory, Conditions conditions) throws IOException {
        long before = ResidentMemory.now().orElse(0);
        ResidentMemory.forgetPeak();
        watcher.step("loading the model");
        long start = System.nanoTime();
        try (SegmentationModel model = SegmentationModel.load(directory)) {
            double loadSeconds = (System.nanoTime() - start) * 1e-9;
            long loaded = ResidentMemory.now().orElse(0);
            long loadingPeak = ResidentMemory.peak().orElse(0);
            ResidentMemory.forgetPeak();
            ModelManifest manifest = model.manifest()
                    .orElseThrow(() -> new IOException(name + " has no " + ModelManifest.FILE + ", which tells its sizes"));
            PictureRequest request = new PictureRequest(model, image);
            PictureRequest.Times firstOne = first(request, 1);
            PictureRequest.Times firstSeveral = first(request, sentences);
            Memory memory = new Memory(loadSeconds, manifest.parameters().bytes(), before, loaded, loadingPeak,
                    ResidentMemory.peak().orElse(0));
            tellRest(firstOne.seconds(), firstSeveral.seconds());
            Rounds measured = measure(request, manifest.precision());
            PictureSummary summary = new PictureSummary(name, manifest, request, directory);
            Limits limits = measured.limits();
            WordsRequest words = new WordsRequest(model, image);
            Words spoken = model.generatesText() ? summary.words(measureWords(words), limits) : null;
            return new PictureReport(conditions, summary.model(), limits, memory,
                    List.of(summary.answer(1, firstOne, measured.one()),
                            summary.answer(sentences, firstSeveral, measured.several())),
                    spoken, gaps(request, words, summary, limits, spoken));
        }
    }

    private WordsRequest.Times measureWords(WordsRequest words) throws IOException {
        watcher.step("first answer in words");
        words.run();
        words.forget();
        for (int round = 0; round < rounds; round++) {
            watcher.update("answers in words", round, rounds);
            words.run();
        }
        return words.times();
    }

    private List<Gap> gaps(PictureRequest request, WordsRequest words, PictureSummary summary, Limits limits, Words spoken)
            throws IOException {
        watcher.step("recording operations");
        ModelSession session = request.model().session();
        List<Gap> gaps = new ArrayList<>(new GapRecording(session).gaps(() -> request.run(1).stages(),
                stage -> summary.flops(stage, 1) / limits.matrixProduct()));
        if (spoken != null) {
            // what the first of two answers adds to the times is not asked for any more
            words.forget();
            List<Gap> ofWords = new GapRecording(session).gaps(words::run, stage -> stage == Signature.PREFILL
                    ? spoken.prefillFloor()
                    : words.times().tokens().size() / GapRecording.REQUESTS * spoken.tokenFloor());
            List<String> own = List.of(Signature.PREFILL.key(), Signature.DECODE.key());
            ofWords.stream().filter(gap -> own.contains(gap.name())).forEach(gaps::add);
        }
        return gaps;
    }

    private PictureRequest.Times first(PictureRequest request, int some) throws IOException {
        watcher.step("first answer, sentences: " + some);
        return request.run(some);
    }

    private void tellRest(double one, double several) {
        double rest = rounds * (one + several + 1) + GapRecording.REQUESTS * one;
        if (rest > 30) {
            watcher.tell(String.format(
                    "the first answer took %.0f s, that to %d sentences %.0f s; the rest takes at most about %.0f min",
                    one, sentences, several, Math.ceil(rest / 60)));
        }
    }

    private Rounds measure(PictureRequest request, Precision precision) throws IOException {
        Rounds measured = new Rounds(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        MemoryBandwidth memory = new MemoryBandwidth();
        memory.rate();
        try (MatrixProduct product = new MatrixProduct(precision)) {
            product.rate();
            for (int round = 0; round < rounds; round++) {
                watcher.update("warm answers", 2L * round, 2L * rounds);
                measured.products().add(product.rate());
                measured.one().add(request.run(1));
                watcher.update("warm answers", 2L * round + 1, 2L * rounds);
                measured.products().add(product.rate());
                measured.several().add(request.run(sentences));
                measured.readings().add(memory.rate());
            }
        }
        return measured;
    }
}
