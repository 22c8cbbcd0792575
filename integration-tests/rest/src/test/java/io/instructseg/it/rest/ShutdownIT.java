package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import io.instructseg.it.broker.JavaProcess;

/** Who waits when the application is told to end gets an answer. */
@DisabledIfSystemProperty(named = "quarkus.native.enabled", matches = "true", disabledReason = "it starts the packaged jar")
class ShutdownIT {

    private static final Path APPLICATION = Path.of(System.getProperty("instructseg.application"));
    private static final Pattern ADDRESS = Pattern.compile("Listening on: http://[^:]+:(\\d+)");
    /** As many as the host's queue takes: one runs, four wait. */
    private static final int REQUESTS = 5;
    /** An answer to so many takes longer than all the others' way to the queue. */
    private static final String SENTENCES = "?sentences=the%20scissors" + "&sentences=the%20scissors".repeat(15);

    @Test
    void whatWasTakenIsAnswered() throws Exception {
        String model = new DemoModelDirectory().start().get("quarkus.instructseg.model");
        try (JavaProcess host = JavaProcess.start(APPLICATION.resolveSibling("shutdown.log"), List.of("-Xmx512m",
                "-Dquarkus.http.port=0", "-Dquarkus.instructseg.model=" + model, "-Dquarkus.instructseg.shutdown-timeout=60S",
                "-jar", APPLICATION.resolve("quarkus-run.jar").toString()))) {
            host.await("INSTRUCTSEG0003", Duration.ofMinutes(2));
            Matcher address = ADDRESS.matcher(host.output());
            assertThat(address.find()).isTrue();
            HttpRequest request = HttpRequest
                    .newBuilder(URI.create("http://localhost:" + address.group(1) + ENDPOINT + SENTENCES))
                    .header("Content-Type", "image/png")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(Examples.bytes(Examples.SCISSORS))).build();
            HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            List<CompletableFuture<HttpResponse<String>>> answers = Stream
                    .generate(() -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString())).limit(REQUESTS).toList();
            // the others run or wait
            CompletableFuture.anyOf(answers.toArray(CompletableFuture[]::new)).join();
            host.terminate();
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
        }
    }
}
