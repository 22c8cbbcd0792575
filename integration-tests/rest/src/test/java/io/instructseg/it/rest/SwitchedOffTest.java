package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import jakarta.inject.Inject;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** A host may do without the endpoint and the spans, and keep the bean. */
@QuarkusTest
@TestProfile(SwitchedOffTest.Off.class)
class SwitchedOffTest {

    @Inject
    InMemorySpanExporter exporter;

    @Test
    void thereIsNoEndpoint() {
        given().contentType("image/png").queryParam("sentences", "a").body(Examples.png(8, 8)).post(ENDPOINT).then()
                .statusCode(404);
        given().get("/q/openapi").then().statusCode(200).body(not(containsString("instructseg/segmentations")))
                .body(not(containsString("InstructSeg")));
        given().contentType("image/png").body(Examples.bytes(Examples.SCISSORS)).post("/api/scissors").then().statusCode(200);
    }

    @Test
    void thereAreNoSpansOfRequests() {
        given().contentType("image/png").body(Examples.bytes(Examples.SCISSORS)).post("/api/scissors").then().statusCode(200);
        Awaitility.await().atMost(1, TimeUnit.MINUTES)
                .until(() -> !exporter.getFinishedSpanItems().isEmpty());
        assertThat(exporter.getFinishedSpanItems()).extracting(SpanData::getName)
                .noneMatch(name -> name.startsWith("instructseg"));
    }

    public static class Off implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.instructseg.endpoint.enabled", "false", "quarkus.instructseg.tracing.enabled", "false");
        }
    }
}
