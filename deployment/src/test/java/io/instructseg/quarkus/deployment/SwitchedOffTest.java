package io.instructseg.quarkus.deployment;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.quarkus.test.QuarkusUnitTest;

/** Endpoint, health checks and meters can be switched off. */
class SwitchedOffTest {

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication()
            .overrideConfigKey("quarkus.instructseg.endpoint.enabled", "false")
            .overrideConfigKey("quarkus.instructseg.health.enabled", "false")
            .overrideConfigKey("quarkus.instructseg.metrics.enabled", "false");

    @Test
    void nothingIsThere() {
        assertThat(get("/q/metrics").asString()).contains("jvm_").doesNotContain("instructseg");
        assertThat(get("/q/health").jsonPath().getList("checks")).isEmpty();
        assertThat(given().body("{}").contentType("application/json").post("/instructseg/segmentations").statusCode())
                .isEqualTo(404);
    }
}
