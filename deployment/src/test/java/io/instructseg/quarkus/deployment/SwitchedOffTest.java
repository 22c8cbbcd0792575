package io.instructseg.quarkus.deployment;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.instructseg.quarkus.ImageStore;
import io.instructseg.quarkus.runtime.messaging.SegmentationConsumer;
import io.quarkus.arc.Arc;
import io.quarkus.test.QuarkusUnitTest;
import io.smallrye.reactive.messaging.ChannelRegistry;

/** A host that could have endpoint, health checks, meters and messages, and has none: messages are off if nothing is said. */
class SwitchedOffTest {

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication()
            .overrideConfigKey("quarkus.instructseg.endpoint.enabled", "false")
            .overrideConfigKey("quarkus.instructseg.health.enabled", "false")
            .overrideConfigKey("quarkus.instructseg.metrics.enabled", "false");

    @Inject
    ChannelRegistry channels;

    @Test
    void thereIsNoRouteNoCheckAndNoMeter() {
        assertThat(get("/q/metrics").asString()).contains("jvm_").doesNotContain("instructseg");
        assertThat(get("/q/health").jsonPath().getList("checks")).isEmpty();
        assertThat(given().body("{}").contentType("application/json").post("/instructseg/segmentations").statusCode())
                .isEqualTo(404);
    }

    /** No connector is configured: if a channel were asked for, the start would have failed. */
    @Test
    void thereIsNoConsumerAndNoChannel() {
        assertThat(Arc.container().select(SegmentationConsumer.class).isUnsatisfied()).isTrue();
        assertThat(Arc.container().select(ImageStore.class).isUnsatisfied()).isTrue();
        assertThat(channels.getIncomingNames()).isEmpty();
        assertThat(channels.getOutgoingNames()).isEmpty();
    }
}
