package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

import io.instructseg.cli.benchmark.PictureReport.Answer;
import io.instructseg.cli.benchmark.PictureReport.Limits;
import io.instructseg.cli.benchmark.PictureReport.Model;
import io.instructseg.cli.benchmark.PictureReport.Stage;
import io.instructseg.cli.benchmark.PictureReport.Words;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.ModelDescription;
import io.instructseg.engine.session.StageWeights;
import io.instructseg.engine.text.Prompt;
import io.instructseg.format.Hyperparameters;
import io.instructseg.format.ModelManifest;
import io.instructseg.format.Signature;

/** Puts times beside what is counted: operations and bytes of each stage. */
final class PictureSummary {

    /** The last line of a table. */
    static final String END_TO_END = "end to end";

    private final String name;
    private final ModelManifest manifest;
    private final RgbImage image;
    private final Prompt prompt;
    private final Limits limits;
    private final StageFlops flops;
    private final StageBytes bytes;
    private final Map<Signature, Long> weights;
    private final long tokenBytes;

    PictureSummary(String name, ModelManifest manifest, PictureRequest request, Path directory, Limits limits)
            throws IOException {
        this.name = name;
        this.manifest = manifest;
        this.limits = limits;
        this.image = request.image().image();
        this.prompt = request.prompt();
        this.flops = new StageFlops(manifest.hyperparameters(), prompt);
        this.bytes = new StageBytes(manifest.hyperparameters(), prompt, image);
        this.weights = StageWeights.read(directory);
        this.tokenBytes = ModelDescription.read(directory).tokenBytes();
    }

    Model model() {
        Hyperparameters sizes = manifest.hyperparameters();
        int tokens = (int) new ModelFlops(sizes, StageFlops.words(prompt), prompt.instruction().length, 1, false)
                .promptTokens();
        return new Model(name, manifest.precision().name(), manifest.parameters().elements(), image.width(), image.height(),
                tokens);
    }

    /** Seconds of a stage for one sentence, at the matrix product's rate. */
    double floor(Signature stage) {
        return flops.of(stage, 1) / limits.matrixProduct();
    }

    Words words(WordsRequest.Times times) {
        ModelFlops model = new ModelFlops(manifest.hyperparameters(), 0, 0, 0, false);
        double prefill = model.prefill(times.promptTokens());
        double before = times.meanTokensBefore();
        long weightBytes = weights.get(Signature.DECODE);
        long cacheBytes = Math.round(before * tokenBytes);
        return new Words(times.promptTokens(), Samples.median(times.prefills()), prefill, prefill / limits.matrixProduct(),
                times.tokens().size(), times.tokens().isEmpty() ? 0 : Samples.median(times.tokens()), model.decode(before + 1),
                weightBytes, cacheBytes, (weightBytes + cacheBytes) / limits.memoryRead());
    }

    /** @param cold the first request after loading */
    Answer answer(int sentences, PictureRequest.Times cold, List<PictureRequest.Times> warm) {
        List<Stage> stages = new ArrayList<>();
        for (Signature stage : ran(cold)) {
            int runs = cold.runs().get(stage);
            ToDoubleFunction<PictureRequest.Times> seconds = times -> times.stages().getOrDefault(stage, 0.0);
            stages.add(stage(stage.key(), seconds.applyAsDouble(cold), median(warm, seconds), flops.of(stage, sentences),
                    runs * weights.get(stage), bytes.of(stage, sentences, runs)));
        }
        stages.add(stage(END_TO_END, cold.seconds(), median(warm, PictureRequest.Times::seconds),
                stages.stream().mapToDouble(Stage::flops).sum(), stages.stream().mapToLong(Stage::weightBytes).sum(),
                stages.stream().mapToLong(Stage::tensorBytes).sum()));
        return new Answer(sentences, warm.size(), stages);
    }

    private Stage stage(String key, double cold, double warm, double operations, long weightBytes, long tensorBytes) {
        double rate = operations / warm;
        return new Stage(key, cold, warm, operations, rate, rate / limits.matrixProduct(), weightBytes, tensorBytes);
    }

    private static Set<Signature> ran(PictureRequest.Times times) {
        return times.stages().keySet();
    }

    private static double median(List<PictureRequest.Times> warm, ToDoubleFunction<PictureRequest.Times> seconds) {
        return Samples.median(warm.stream().map(seconds::applyAsDouble).toList());
    }
}
