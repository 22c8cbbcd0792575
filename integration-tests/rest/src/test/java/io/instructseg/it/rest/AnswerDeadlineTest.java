package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ANSWERS;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import jakarta.inject.Inject;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.instructseg.engine.image.ImageException;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.SegmentationRequest;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** An answer that takes too long ends with the reason, and what was made of it before has come. */
@QuarkusTest
@TestProfile(AnswerDeadlineTest.Late.class)
class AnswerDeadlineTest {

    @TestHTTPResource(ANSWERS)
    URI endpoint;

    @Inject
    InstructSeg instructSeg;

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void aDeadlineInMidAnswerIsAnEventBehindItsWords() throws Exception {
        Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> given().get("/q/health/ready").statusCode() == 200);
        // noise, which doesn't end by itself
        HttpRequest request = HttpRequest.newBuilder(endpoint).header("Content-Type", "application/json")
                .header("Accept", "text/event-stream").POST(HttpRequest.BodyPublishers
                        .ofString("{\"question\": \"What is a hammer?\", \"temperature\": 100, \"max_tokens\": 1000}"))
                .build();
        CountDownLatch release = new CountDownLatch(1);
        try (Stream<String> lines = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
            Iterator<String> events = lines.filter(line -> !line.isEmpty()).iterator();
            assertThat(events.next()).isEqualTo("event: text");
            assertThat(events.next()).startsWith("data: {\"text\":\"");
            holdTheDevice(release);
            String name = events.next();
            for (; name.equals("event: text"); name = events.next()) {
                assertThat(events.next()).startsWith("data: {\"text\":\"");
            }
            assertThat(name).isEqualTo("event: problem");
            assertThat(events.next()).isEqualTo("data: {\"status\":504,\"title\":\"Gateway Timeout\","
                    + "\"detail\":\"the model did not answer in time\"}");
            assertThat(events).isExhausted();
        } finally {
            release.countDown();
        }
    }

    private void holdTheDevice(CountDownLatch release) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        instructSeg.segment(SegmentationRequest.of(limits -> {
            held.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            throw new ImageException("it was none");
        }).referring("the scissors")).subscribe().with(answers -> {
        }, failure -> {
        });
        held.await();
    }

    public static class Late implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.instructseg.deadline", "4S", "quarkus.instructseg.answers.max-tokens", "1000");
        }
    }
}
