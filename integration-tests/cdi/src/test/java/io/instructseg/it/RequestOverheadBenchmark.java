package io.instructseg.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.instructseg.demo.DemoModel;
import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.quarkus.test.junit.QuarkusTest;

/**
 * What a request through the bean takes beyond the model's bare stages: decoding and resizing the picture, prompts, masks, the
 * queue, threads. No test of the suite, but asked for by its name: {@code -Dtest=RequestOverheadBenchmark}. Prints its result.
 */
@QuarkusTest
class RequestOverheadBenchmark {

    private static final int WARM_UP = 30;
    private static final int ROUNDS = 200;
    private static final Example EXAMPLE = Example.of("res");

    @Inject
    InstructSeg instructSeg;

    /** What was measured in turn, in milliseconds. */
    private final List<Double> bean = new ArrayList<>();
    private final List<Double> engine = new ArrayList<>();
    private final List<Double> stages = new ArrayList<>();

    @Test
    void beanBesideBareStages(@TempDir Path directory) throws IOException {
        DemoModel.extractTo(directory);
        byte[] file = Files.readAllBytes(EXAMPLE.picture());
        DecodedImage image = ImageDecoder.decode(file, ImageLimits.DEFAULT);
        try (SegmentationModel model = SegmentationModel.load(directory)) {
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                measure(round, file, image, model);
            }
        }
        System.out.printf(Locale.ROOT,
                "request through the bean %.2f ms, engine %.2f ms, bare stages %.2f ms; beyond the stages: "
                        + "%.2f ms, of them beyond the engine %.2f ms (medians of %d)%n",
                median(bean), median(engine), median(stages),
                median(bean) - median(stages), median(bean) - median(engine), ROUNDS);
        assertThat(stages).hasSize(ROUNDS);
    }

    private void measure(int round, byte[] file, DecodedImage image, SegmentationModel model) throws IOException {
        long start = System.nanoTime();
        Segmentation answer = instructSeg.segment(Image.of(file), EXAMPLE.sentence()).await().atMost(Duration.ofMinutes(1));
        double throughBean = milliseconds(System.nanoTime() - start);
        assertThat(answer.mask()).isNotNull();
        double[] inStages = new double[1];
        start = System.nanoTime();
        model.segment(image, List.of(Instruction.referring(EXAMPLE.sentence())), SegmentationOptions.DEFAULT,
                CancellationToken.NONE, run -> inStages[0] += milliseconds(run.took().toNanos()));
        double inEngine = milliseconds(System.nanoTime() - start);
        if (round >= 0) {
            bean.add(throughBean);
            engine.add(inEngine);
            stages.add(inStages[0]);
        }
    }

    private static double milliseconds(long nanos) {
        return nanos * 1e-6;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
