package io.instructseg.quarkus.deployment;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.quarkus.test.QuarkusUnitTest;
import io.restassured.path.json.JsonPath;

/** Health tells about the model. */
class HealthTest {

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication();

    @Test
    void isUpOnceTheModelIsWarm() {
        JsonPath health = Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> get("/q/health/ready").jsonPath(),
                ready -> ready.getString("status").equals("UP"));
        assertThat(health.getString("checks[0].name")).isEqualTo("InstructSeg model");
        assertThat(health.getString("checks[0].data.state")).isEqualTo("ready");
        assertThat(health.getString("checks[0].data.model")).endsWith("instructseg-demo-model");
    }

    @Test
    void isStartedThenAndAlive() {
        Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> get("/q/health/started").jsonPath(),
                started -> started.getString("status").equals("UP"));
        JsonPath health = get("/q/health/live").jsonPath();
        assertThat(health.getString("checks[0].name")).isEqualTo("InstructSeg device");
        assertThat(health.getString("status")).isEqualTo("UP");
    }
}
