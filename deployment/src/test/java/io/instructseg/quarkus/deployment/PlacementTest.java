package io.instructseg.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelName;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.ModelServices;
import io.quarkus.test.QuarkusUnitTest;
import io.smallrye.mutiny.Uni;

/** One model spread over devices gives the answers of another on one. */
class PlacementTest {

    private static final Image PICTURE = limits -> new DecodedImage(new RgbImage(3, 2, new byte[18]), false);

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication()
            .overrideRuntimeConfigKey("quarkus.instructseg.tensorflow.logical-cpus", "3")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"spread\".device", "cpu:1")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"spread\".devices.reason", "cpu:2")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"twice\".replicas", "cpu:1,cpu:0");

    @Inject
    InstructSeg plain;

    @Inject
    @ModelName("spread")
    InstructSeg spread;

    @Inject
    @ModelName("twice")
    InstructSeg twice;

    @Inject
    ModelServices services;

    @Test
    void modulesRunWhereTheyAreConfigured() {
        Segmentation expected = plain.segment(PICTURE, "the dog").await().atMost(Duration.ofMinutes(2));
        Segmentation answer = spread.segment(PICTURE, "the dog").await().atMost(Duration.ofMinutes(2));
        assertThat(answer.score()).isEqualTo(expected.score());
        assertThat(answer.mask()).isEqualTo(expected.mask());
        assertThat(services.get(ModelNames.DEFAULT).devices()).containsExactly("cpu:0");
        assertThat(services.get("spread").devices()).containsExactly("cpu:1", "cpu:2");
    }

    /** Two requests that wait for each other can only be answered if they run at once. */
    @Test
    void replicasAnswerAtOnce() {
        CountDownLatch both = new CountDownLatch(2);
        Set<String> threads = ConcurrentHashMap.newKeySet();
        Image meeting = limits -> {
            threads.add(Thread.currentThread().getName());
            both.countDown();
            awaitAll(both);
            return PICTURE.decode(limits);
        };
        Segmentation expected = plain.segment(PICTURE, "the dog").await().atMost(Duration.ofMinutes(2));
        Uni<Segmentation> one = twice.segment(meeting, "the dog");
        List<Segmentation> answers = Uni.join().all(one, one).andFailFast().await().atMost(Duration.ofMinutes(2));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.mask()).isEqualTo(expected.mask()));
        assertThat(services.get("twice").devices()).containsExactly("cpu:0", "cpu:1");
        assertThat(threads).hasSize(2);
    }

    private static void awaitAll(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
