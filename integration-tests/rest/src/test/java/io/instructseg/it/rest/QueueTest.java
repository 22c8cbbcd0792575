package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

/** Four requests may wait; more are told to come again. */
@QuarkusTest
class QueueTest {

    @TestHTTPResource(ENDPOINT + "?sentences=a&sentences=b&sentences=c&candidates=all")
    URI endpoint;

    @Test
    void tooManyRequestsAreRefused() {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(endpoint).header("Content-Type", "image/png")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Examples.bytes(Examples.SCISSORS))).build();
        List<CompletableFuture<HttpResponse<String>>> all = Stream
                .generate(() -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString())).limit(16).toList();
        List<HttpResponse<String>> responses = all.stream().map(CompletableFuture::join).toList();
        assertThat(responses).extracting(HttpResponse::statusCode).containsOnly(200, 503);
        assertThat(responses).filteredOn(response -> response.statusCode() == 200).hasSizeGreaterThanOrEqualTo(5);
        assertThat(responses).filteredOn(response -> response.statusCode() == 503).allSatisfy(
                response -> assertThat(response.headers().firstValue("Retry-After")).contains("1"));
    }
}
