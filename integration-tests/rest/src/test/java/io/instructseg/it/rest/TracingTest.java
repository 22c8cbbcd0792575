package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import jakarta.inject.Inject;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import io.instructseg.format.Signature;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.junit.QuarkusTest;

/** A request's stages are in the trace of the client. */
@QuarkusTest
class TracingTest {

    private static final String REQUEST = "instructseg segment";
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("instructseg.outcome");

    @Inject
    InMemorySpanExporter exporter;

    @Test
    void eachStageHasASpan() {
        List<SpanData> spans = trace(Examples.bytes(Examples.SCISSORS), 200);
        SpanData request = named(spans, REQUEST);
        assertThat(spans).extracting(SpanData::getSpanId).contains(request.getParentSpanId());
        assertThat(request.getAttributes().get(OUTCOME)).isEqualTo("answered");
        List<SpanData> parts = spans.stream().filter(span -> span.getParentSpanId().equals(request.getSpanId()))
                .sorted(Comparator.comparing(SpanData::getStartEpochNanos)).toList();
        assertThat(parts).extracting(SpanData::getName).startsWith("instructseg queue", "instructseg encode_vision")
                .contains(Signature.required().stream().map(stage -> "instructseg " + stage.key()).toArray(String[]::new));
        for (int i = 0; i < parts.size(); i++) {
            assertThat(parts.get(i).getStartEpochNanos()).isGreaterThanOrEqualTo(request.getStartEpochNanos());
            assertThat(parts.get(i).getEndEpochNanos()).isLessThanOrEqualTo(request.getEndEpochNanos());
        }
    }

    @Test
    void aFailureIsToldWithItsReason() {
        SpanData request = named(trace(new byte[] { 1, 2, 3 }, 415), REQUEST);
        assertThat(request.getAttributes().get(OUTCOME)).isEqualTo("invalid");
        assertThat(request.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(request.getStatus().getDescription()).isNotEmpty();
        assertThat(request.getEvents()).hasSize(1);
    }

    /** The spans of a request that begins a trace of its own, until that of the endpoint, which ends last, is there. */
    private List<SpanData> trace(byte[] picture, int status) {
        String trace = UUID.randomUUID().toString().replace("-", "");
        given().header("traceparent", "00-" + trace + "-b7ad6b7169203331-01").contentType("application/octet-stream")
                .queryParam("sentences", "the scissors").body(picture).post(ENDPOINT).then().statusCode(status);
        return Awaitility.await().atMost(1, TimeUnit.MINUTES).until(
                () -> exporter.getFinishedSpanItems().stream().filter(span -> span.getTraceId().equals(trace)).toList(),
                spans -> spans.stream().anyMatch(span -> span.getParentSpanId().equals("b7ad6b7169203331")));
    }

    private static SpanData named(List<SpanData> spans, String name) {
        return spans.stream().filter(span -> span.getName().equals(name)).findFirst().orElseThrow();
    }
}
