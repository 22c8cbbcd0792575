package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ENDPOINT;
import static io.instructseg.it.rest.Examples.MAPPER;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;

/** Whatever comes in: an answer or a problem comes out, in time, and the service goes on. */
@QuarkusTest
class FuzzTest {

    private static final int REQUESTS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> SNIPPETS = List.of("{", "}", "[", "]", "\"", ",", ":", "null", "1e999", "-", "\\u0000",
            "\\ud800", "image", "sentences", "\r\n", "\r\n--boundary", "--boundary--\r\n", "; filename=\"", "=", "\0",
            "\u00ff");
    private static final List<String> TYPES = List.of("application/json", "APPLICATION/JSON;charset=utf-16", "image/png",
            "multipart/form-data; boundary=boundary", "multipart/form-data", "multipart/form-data; boundary=\"",
            "image",
            "/", "*/*", "image/*", "text/plain", ";;;", "application/json; a=b; c", "application/octet-stream", "a/b/c", "é/ü");
    private static final List<String> ACCEPTED = List.of("*/*", "image/png", "application/json", "image/png; view=overlay",
            "image/png; view=", "image/png;q=2", "image/png;q=x", "*", "/", ",,,", ";", "text/html, */*;q=0.000001",
            "application/json;q=-1", "a/b;c=\"d", "image/*;view=\"mask\"");

    @TestHTTPResource(ENDPOINT)
    URI endpoint;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Random random = new Random(20_241_214);
    private final byte[] picture = Examples.jpeg(48, 32);

    @Test
    void mutatedJson() throws Exception {
        byte[] valid = Examples.request(picture, "the dog").put("task", "referring").put("threshold", 0.5).toString()
                .getBytes(UTF_8);
        for (int i = 0; i < REQUESTS; i++) {
            send("", "application/json", "*/*", mutate(valid));
        }
    }

    @Test
    void mutatedForms() throws Exception {
        String head = "--boundary\r\nContent-Disposition: form-data; name=\"sentences\"\r\n\r\nthe dog\r\n"
                + "--boundary\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\n"
                + "Content-Type: image/jpeg\r\n\r\n";
        byte[] valid = (head + new String(picture, ISO_8859_1) + "\r\n--boundary--\r\n").getBytes(ISO_8859_1);
        for (int i = 0; i < REQUESTS; i++) {
            send("", "multipart/form-data; boundary=boundary", "*/*", mutate(valid));
        }
    }

    @Test
    void mutatedPictures() throws Exception {
        for (int i = 0; i < REQUESTS; i++) {
            send("?sentences=a", "image/jpeg", random.nextBoolean() ? "*/*" : "image/png; view=overlay", mutate(picture));
        }
    }

    @Test
    void strangeHeadersAndQueries() throws Exception {
        for (int i = 0; i < REQUESTS; i++) {
            String words = new String(mutate("the dog".getBytes(UTF_8)), UTF_8);
            String query = "?sentences=" + URLEncoder.encode(words, UTF_8)
                    + (random.nextBoolean() ? "" : "&task=" + random.nextInt());
            send(query, pick(TYPES), pick(ACCEPTED), picture);
        }
    }

    private byte[] mutate(byte[] valid) {
        byte[] bytes = valid.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes = join(Arrays.copyOf(bytes, at), pick(SNIPPETS), Arrays.copyOfRange(bytes, at, bytes.length));
                case 2 -> bytes = join(Arrays.copyOf(bytes, at), "",
                        Arrays.copyOfRange(bytes, Math.min(bytes.length, at + random.nextInt(9)), bytes.length));
                default -> bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at + 1) : bytes;
            }
        }
        return bytes;
    }

    private static byte[] join(byte[] first, String between, byte[] last) {
        return (new String(first, ISO_8859_1) + between + new String(last, ISO_8859_1)).getBytes(ISO_8859_1);
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private void send(String query, String type, String accept, byte[] body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + query)).timeout(PATIENCE)
                .header("Content-Type", type).header("Accept", accept).POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        String described = type + " " + accept + " " + query + " " + new String(response.body(), UTF_8);
        assertThat(response.statusCode()).as(described).isLessThan(500);
        if (response.statusCode() != 200) {
            assertThat(response.headers().firstValue("Content-Type")).as(described).contains("application/problem+json");
            JsonNode problem = MAPPER.readTree(response.body());
            assertThat(problem.get("status").asInt()).isEqualTo(response.statusCode());
            assertThat(problem.get("detail").asText()).isNotBlank();
        }
    }

    @AfterEach
    void theServiceGoesOn() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(endpoint).timeout(PATIENCE).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers
                        .ofString(Examples.request(Examples.bytes(Examples.SCISSORS), Examples.SCISSORS_SENTENCE).toString()))
                .build();
        JsonNode answer = MAPPER.readTree(client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body())
                .get("segmentations").get(0);
        assertThat(answer.get("score").asDouble()).isCloseTo(Examples.scissors().score(), within(1e-3));
        assertThat(Examples.mask(answer.get("mask").get("rle")).iou(Examples.scissors().mask())).isGreaterThan(0.999);
    }
}
