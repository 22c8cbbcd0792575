package io.instructseg.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

import jakarta.inject.Inject;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.ResidentModels;
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
 * What a request through the bean takes beyond its bare stages: decoding and resizing the picture, prompts, masks, the queue,
 * threads. No test of the suite, but asked for by its name: {@code -Dtest=RequestOverheadBenchmark}. The model is that of the
 * application, {@code -Dquarkus.instructseg.model=MODEL_DIR}. Prints its result.
 */
@QuarkusTest
class RequestOverheadBenchmark {

    private static final int ROUNDS = Integer.getInteger("instructseg.benchmark.rounds", 200);
    private static final int WARM_UP = 1 + ROUNDS / 7;
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Example EXAMPLE = Example.of("res");

    @Inject
    InstructSeg instructSeg;

    @ConfigProperty(name = "quarkus.instructseg.model")
    Path directory;

    /** What was measured in turn. */
    private final List<Request> bean = new ArrayList<>();
    private final List<Request> engine = new ArrayList<>();

    /** Milliseconds of a request, and of its stages. */
    private record Request(double whole, double stages) {

        double beyond() {
            return whole - stages;
        }
    }

    @Test
    void beanBesideBareStages() throws IOException {
        byte[] file = Files.readAllBytes(EXAMPLE.picture());
        DecodedImage image = ImageDecoder.decode(file, ImageLimits.DEFAULT);
        // waits until the model is loaded and warm
        throughBean(file);
        // the application's own: a second one of the official size would not fit
        assertThat(ResidentModels.has(directory)).isTrue();
        SegmentationModel model = ResidentModels.acquire(directory);
        try {
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                measure(round, file, image, model);
            }
        } finally {
            ResidentModels.release(model);
        }
        print("through the bean, from the file's bytes", bean);
        print("through the engine, decoded", engine);
        assertThat(bean).hasSize(ROUNDS).allMatch(request -> request.beyond() > 0);
    }

    private void measure(int round, byte[] file, DecodedImage image, SegmentationModel model) throws IOException {
        Request throughBean = throughBean(file);
        long start = System.nanoTime();
        Segmentation answer = model
                .segment(image, List.of(Instruction.referring(EXAMPLE.sentence())), SegmentationOptions.DEFAULT,
                        CancellationToken.NONE)
                .get(0);
        Request throughEngine = request(System.nanoTime() - start, answer);
        if (round >= 0) {
            bean.add(throughBean);
            engine.add(throughEngine);
        }
    }

    private Request throughBean(byte[] file) {
        long start = System.nanoTime();
        Segmentation answer = instructSeg.segment(Image.of(file), EXAMPLE.sentence()).await().atMost(LONGEST);
        return request(System.nanoTime() - start, answer);
    }

    /** Of one and the same request, so that a machine whose speed changes takes nothing from the difference. */
    private static Request request(long nanos, Segmentation answer) {
        long stages = answer.timings().values().stream().mapToLong(Duration::toNanos).sum();
        return new Request(nanos * 1e-6, stages * 1e-6);
    }

    private static void print(String name, List<Request> requests) {
        double stages = median(requests, Request::stages);
        double beyond = median(requests, Request::beyond);
        System.out.printf(Locale.ROOT,
                "%s: %.2f ms, its stages %.2f ms, beyond them %.2f ms, %.2f %% of them (medians of %d)%n",
                name, median(requests, Request::whole), stages, beyond, 100 * beyond / stages, ROUNDS);
    }

    private static double median(List<Request> requests, ToDoubleFunction<Request> figure) {
        return requests.stream().mapToDouble(figure).sorted().skip(requests.size() / 2).findFirst().orElseThrow();
    }
}
