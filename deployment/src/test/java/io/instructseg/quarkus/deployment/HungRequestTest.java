package io.instructseg.quarkus.deployment;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jakarta.inject.Inject;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.SegmentationRequest;
import io.quarkus.test.QuarkusUnitTest;
import io.restassured.path.json.JsonPath;

/** Liveness and readiness notice a request that hangs, and that it goes on. */
class HungRequestTest {

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication()
            .overrideRuntimeConfigKey("quarkus.instructseg.hung-after", "0.2S");

    @Inject
    InstructSeg instructSeg;

    @Test
    void isNotAliveWhileARequestHangs() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<List<Segmentation>> hanging = instructSeg.segment(SegmentationRequest.of(limits -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new DecodedImage(new RgbImage(3, 2, new byte[18]), false);
        }).referring("the dog")).subscribeAsCompletionStage();
        awaitLiveness("DOWN");
        JsonPath ready = get("/q/health/ready").jsonPath();
        assertThat(ready.getString("status")).isEqualTo("DOWN");
        assertThat(ready.getMap("checks[0].data")).containsKey("stuck-for-seconds");
        release.countDown();
        assertThat(hanging.get(2, TimeUnit.MINUTES)).hasSize(1);
        awaitLiveness("UP");
    }

    private static void awaitLiveness(String status) {
        Awaitility.await().atMost(2, TimeUnit.MINUTES)
                .until(() -> get("/q/health/live").jsonPath().getString("status").equals(status));
    }
}
