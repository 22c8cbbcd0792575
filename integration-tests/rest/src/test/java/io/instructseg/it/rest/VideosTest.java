package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.MAPPER;
import static io.instructseg.it.rest.VideoExamples.ENDPOINT;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.video.VideoWriter;
import io.instructseg.it.rest.VideoExamples.Example;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** The videos' endpoint gives the official code's answers, frame by frame, and a reason where it can't. */
@QuarkusTest
class VideosTest {

    private static final String LINES = "application/x-ndjson";
    private static final String EVENTS = "text/event-stream";
    private static Example example;
    private static byte[] video;

    @TestHTTPResource(ENDPOINT)
    URI endpoint;

    @BeforeAll
    static void encode() throws IOException {
        example = VideoExamples.all().get(0);
        video = LosslessVideo.of(example.folder());
    }

    @AfterEach
    void nothingIsLeftOnDisk() throws IOException {
        assertThat(Uploads.files()).isEmpty();
    }

    @Test
    void answersAllExamplesLikeTheOfficialCode() throws IOException {
        for (List<Example> examples : VideoExamples.requests()) {
            Example first = examples.get(0);
            RequestSpecification form = given().multiPart("video", "a.webm", LosslessVideo.of(first.folder()), "video/webm")
                    .multiPart("task", first.task());
            examples.forEach(one -> form.multiPart("sentences", one.sentence()));
            List<JsonNode> lines = lines(form.post(ENDPOINT));
            assertThat(lines).hasSize(first.frames() + 1);
            for (int frame = 0; frame < first.frames(); frame++) {
                assertFrame(lines.get(frame), frame, frame, examples);
            }
            assertSummary(lines.get(first.frames()), first.frames());
        }
    }

    private static void assertFrame(JsonNode line, int index, int frame, List<Example> examples) {
        assertThat(line.get("index").asInt()).isEqualTo(index);
        assertThat(line.get("time").asDouble()).isEqualTo(frame * 0.04);
        assertThat(line.get("segmentations")).hasSameSizeAs(examples);
        for (int i = 0; i < examples.size(); i++) {
            examples.get(i).assertMatches(line.get("segmentations").get(i), frame);
        }
    }

    private static void assertSummary(JsonNode line, int frames) {
        assertThat(line.toString()).isEqualTo("{\"frames\":" + frames + ",\"ended\":\"complete\"}");
    }

    @Test
    void eventsCarryTheSame() throws IOException {
        String events = raw().accept(EVENTS).post(ENDPOINT).then().statusCode(200).contentType(EVENTS).header("Vary", "Accept")
                .extract().asString();
        assertThat(events).endsWith("\n\n");
        String[] event = events.split("\n\n");
        assertThat(event).hasSize(example.frames() + 1);
        for (int frame = 0; frame < example.frames(); frame++) {
            assertFrame(data(event[frame], "frame"), frame, frame, List.of(example));
        }
        assertSummary(data(event[example.frames()], "summary"), example.frames());
    }

    private static JsonNode data(String event, String name) throws IOException {
        String[] fields = event.split("\n");
        assertThat(fields).hasSize(2);
        assertThat(fields[0]).isEqualTo("event: " + name);
        assertThat(fields[1]).startsWith("data: ");
        return MAPPER.readTree(fields[1].substring(6));
    }

    @Test
    void someFramesAreTheSequence() throws IOException {
        assertTimes(raw().queryParam("stride", "3").queryParam("frames", "2"), 0, 3);
        assertTimes(raw().queryParam("start", "0.08").queryParam("end", "0.2"), 2, 3, 4);
        assertTimes(raw().queryParam("every", "0.1").queryParam("references", "1").queryParam("causal", "true"), 0, 3, 5);
        assertTimes(raw().queryParam("start", "5"));
    }

    private static void assertTimes(RequestSpecification request, int... frames) throws IOException {
        List<JsonNode> lines = lines(request.post(ENDPOINT));
        assertThat(lines).hasSize(frames.length + 1);
        for (int i = 0; i < frames.length; i++) {
            assertThat(lines.get(i).get("index").asInt()).isEqualTo(i);
            assertThat(lines.get(i).get("time").asDouble()).isEqualTo(frames[i] * 40 / 1e3);
        }
        assertSummary(lines.get(frames.length), frames.length);
    }

    @Test
    void aBelowThresholdFrameIsNotFound() throws IOException {
        JsonNode answer = lines(raw().queryParam("threshold", "1").queryParam("frames", "1").post(ENDPOINT)).get(0)
                .at("/segmentations/0");
        assertThat(answer.get("found").asBoolean()).isFalse();
        assertThat(answer.get("score").asDouble()).isBetween(0.5, 1.0);
        assertThat(answer.at("/mask/area").asInt()).isZero();
    }

    /** The status has been sent then. */
    @Test
    void aVideoThatBreaksIsAnsweredUpToThere() throws IOException {
        byte[] cut = Arrays.copyOf(video, video.length * 3 / 4);
        List<JsonNode> lines = lines(given().contentType("video/webm").queryParam("sentences", example.sentence()).body(cut)
                .post(ENDPOINT));
        assertThat(lines).hasSizeBetween(3, example.frames());
        JsonNode problem = lines.get(lines.size() - 1);
        assertThat(problem.get("status").asInt()).isEqualTo(422);
        assertThat(problem.get("title").asText()).isEqualTo("Unprocessable Content");
        assertThat(problem.get("field").asText()).isEqualTo("video");
        assertThat(lines.get(lines.size() - 2).get("index").asInt()).isEqualTo(lines.size() - 2);
        String events = given().contentType("video/webm").queryParam("sentences", example.sentence()).accept(EVENTS).body(cut)
                .post(ENDPOINT).asString();
        assertThat(events.substring(events.lastIndexOf("event: "))).startsWith("event: problem\ndata: {\"status\":422,");
    }

    @Test
    void whatIsNoVideoIsRefused() throws IOException {
        problem(raw("%PDF-1.7".getBytes()).post(ENDPOINT), 415, "video", "");
        problem(raw(new byte[100_000]).post(ENDPOINT), 415, "video", "");
        problem(raw(Examples.bytes(Examples.SCISSORS)).post(ENDPOINT), 415, "video", "");
        problem(raw(Arrays.copyOf(video, 40)).post(ENDPOINT), 422, "video", "");
        problem(raw(new byte[0]).post(ENDPOINT), 400, "video", "found none");
        problem(given().contentType("text/plain").body("a").post(ENDPOINT), 415, null,
                ", expected multipart/form-data, video/* or application/octet-stream");
        problem(given().contentType("application/json").body("{}").post(ENDPOINT), 415, null, "found application/json");
    }

    @Test
    void aVideoMayBeTooLarge() throws IOException {
        problem(raw(new byte[(3 << 20) + 1]).post(ENDPOINT), 413, "video", "the limit of 3145728 bytes");
        problem(given().multiPart("video", "a.mp4", new byte[(3 << 20) + 1]).multiPart("sentences", "a").post(ENDPOINT), 413,
                "video", "the limit of 3145728 bytes");
        problem(raw(black(Duration.ZERO, Duration.ofSeconds(11))).post(ENDPOINT), 413, "video", "too long");
    }

    private static byte[] black(Duration... times) throws IOException {
        Path file = Files.createTempDirectory("black").resolve("a.mp4");
        try (VideoWriter writer = VideoWriter.create(file)) {
            for (Duration time : times) {
                writer.write(new RgbImage(64, 64, new byte[64 * 64 * 3]), time);
            }
            writer.finish();
        }
        return Files.readAllBytes(file);
    }

    @Test
    void fieldsAreChecked() {
        field("sentence", "b", "unknown field, expected video, sentences");
        field("image", "b", "unknown field");
        field("candidates", "all", "unknown field");
        field("video", "b", "unknown field");
        field("task", "draw", "found 'draw'");
        field("threshold", "2", "from 0 to 1");
        field("start", "-1", "found '-1', expected seconds, 0 or more");
        field("start", "NaN", "found 'NaN'");
        field("end", "0", "more than 0");
        field("every", "1e-12", "more than 0");
        field("every", "1e300", "found '1e300'");
        field("stride", "0", "a whole number, at least 1");
        field("frames", "1.5", "a whole number");
        field("frames", "99999999999", "a whole number");
        field("references", "65", "from 0 to 64");
        field("causal", "yes", "'true' or 'false'");
        problem(raw().queryParam("start", "2").queryParam("end", "1").post(ENDPOINT), 400, "end", "not later than start");
        problem(raw().queryParam("every", "2").queryParam("stride", "2").post(ENDPOINT), 400, "stride", "together with every");
        problem(raw().queryParam("stride", "2", "2").post(ENDPOINT), 400, "stride", "more than one");
        problem(given().contentType("video/webm").body(video).post(ENDPOINT), 400, "sentences", "found none");
        problem(given().multiPart("sentences", "a").post(ENDPOINT), 400, "video", "found none");
        problem(given().multiPart("sentences", "a").multiPart("video", "a", new byte[0]).post(ENDPOINT), 400, "video", "empty");
        problem(given().multiPart("video", "a", video).multiPart("video", "a", video).post(ENDPOINT), 400, "video",
                "more than");
        problem(given().queryParam("stride", "2").multiPart("video", "a", video).multiPart("sentences", "a").post(ENDPOINT),
                400, "stride", "found in the query");
        problem(raw().accept("application/json").post(ENDPOINT), 406, null, "application/x-ndjson or text/event-stream");
        problem(raw().header("Content-Encoding", "gzip").post(ENDPOINT), 415, null, "Content-Encoding");
    }

    private static void field(String name, String value, String detail) {
        problem(raw().queryParam(name, value).post(ENDPOINT), 400, name, detail);
    }

    @Test
    void moreVideosThanConfiguredMayTryAgain() throws Exception {
        ExecutorService clients = Executors.newCachedThreadPool();
        try {
            List<Future<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                statuses.add(clients.submit(() -> raw().post(ENDPOINT).statusCode()));
            }
            List<Integer> found = new ArrayList<>();
            for (Future<Integer> status : statuses) {
                found.add(status.get());
            }
            assertThat(found).containsOnly(200, 503);
        } finally {
            clients.shutdown();
        }
        assertThat(lines(raw().post(ENDPOINT))).hasSize(example.frames() + 1);
    }

    @Test
    void clientsThatGoAwayAfterTheFirstFrameFreeTheirPlaces() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
                socket.getOutputStream().write(("POST " + ENDPOINT + "?sentences=a HTTP/1.1\r\nHost: a\r\n"
                        + "Content-Type: video/webm\r\nContent-Length: " + video.length + "\r\n\r\n").getBytes(US_ASCII));
                socket.getOutputStream().write(video);
                byte[] start = socket.getInputStream().readNBytes(12);
                assertThat(new String(start, US_ASCII)).isEqualTo("HTTP/1.1 200");
            }
            Awaitility.await().until(() -> Uploads.files().isEmpty());
        }
        assertThat(lines(raw().post(ENDPOINT))).hasSize(example.frames() + 1);
    }

    private static RequestSpecification raw() {
        return given().contentType("application/octet-stream").queryParam("sentences", example.sentence()).body(video);
    }

    private static RequestSpecification raw(byte[] body) {
        return given().contentType("application/octet-stream").queryParam("sentences", "a").body(body);
    }

    private static List<JsonNode> lines(Response response) throws IOException {
        String text = response.then().statusCode(200).contentType(LINES).extract().asString();
        assertThat(text).endsWith("\n");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : text.split("\n")) {
            lines.add(MAPPER.readTree(line));
        }
        return lines;
    }

    private static void problem(Response response, int status, String field, String detail) {
        response.then().statusCode(status).contentType("application/problem+json").body("status", equalTo(status))
                .body("field", equalTo(field)).body("detail", containsString(detail));
    }
}
