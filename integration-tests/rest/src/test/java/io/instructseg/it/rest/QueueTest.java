package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import jakarta.inject.Inject;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.SegmentationRequest;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

/** Four requests may wait; more are told to come again. */
@QuarkusTest
class QueueTest {

    private static final int REQUESTS = 16;
    private static final int PLACES = 4;

    @TestHTTPResource(ENDPOINT + "?sentences=the%20scissors")
    URI endpoint;

    @Inject
    InstructSeg instructSeg;

    @Test
    void tooManyRequestsAreRefused() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        instructSeg.segment(SegmentationRequest.of(limits -> {
            running.countDown();
            await(release);
            return Image.of(Examples.bytes(Examples.SCISSORS)).decode(limits);
        }).referring("the scissors")).subscribe().with(answers -> {
        });
        running.await();
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(endpoint).header("Content-Type", "image/png")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Examples.bytes(Examples.SCISSORS))).build();
        List<CompletableFuture<HttpResponse<String>>> all = Stream
                .generate(() -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString())).limit(REQUESTS).toList();
        try {
            Awaitility.await().atMost(2, TimeUnit.MINUTES).until(
                    () -> all.stream().filter(CompletableFuture::isDone).count(), done -> done == REQUESTS - PLACES);
        } finally {
            release.countDown();
        }
        List<HttpResponse<String>> responses = all.stream().map(CompletableFuture::join).toList();
        assertThat(responses).filteredOn(response -> response.statusCode() == 200).hasSize(PLACES);
        assertThat(responses).filteredOn(response -> response.statusCode() == 503).hasSize(REQUESTS - PLACES).allSatisfy(
                response -> assertThat(response.headers().firstValue("Retry-After")).contains("1"));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
