package io.instructseg.it.rest;

import static io.instructseg.it.rest.Examples.ANSWERS;
import static io.instructseg.it.rest.Examples.ENDPOINT;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import io.instructseg.engine.Candidate;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.session.StageException;
import io.instructseg.format.Signature;
import io.instructseg.quarkus.AnswerPart;
import io.instructseg.quarkus.DeadlineExceededException;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.QueueFullException;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.VideoRequest;
import io.instructseg.quarkus.WordlessModelException;
import io.instructseg.quarkus.runtime.wire.RequestMemory;
import io.quarkus.runtime.BlockingOperationControl;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** What the endpoint does when the bean, or the client, fails. */
@QuarkusTest
class FailuresTest {

    @TestHTTPResource(ENDPOINT)
    URI endpoint;

    private static void bean(Uni<List<Segmentation>> answer) {
        bean(answer, question -> Multi.createFrom().failure(new UnsupportedOperationException()));
    }

    private static void bean(Multi<AnswerPart> words) {
        bean(question -> words);
    }

    private static void bean(Function<Question, Multi<AnswerPart>> words) {
        bean(Uni.createFrom().failure(new UnsupportedOperationException()), words);
    }

    private static void bean(Uni<List<Segmentation>> answer, Function<Question, Multi<AnswerPart>> words) {
        QuarkusMock.installMockForType(new InstructSeg() {

            @Override
            public Uni<Segmentation> segment(Image image, String sentence) {
                return answer.map(answers -> answers.get(0));
            }

            @Override
            public Uni<List<Segmentation>> segment(SegmentationRequest request) {
                assertThat(BlockingOperationControl.isBlockingAllowed()).as("bodies are read on a worker thread").isTrue();
                return answer;
            }

            @Override
            public Multi<FrameSegmentation> segment(VideoRequest request) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Multi<AnswerPart> stream(Question question) {
                return words.apply(question);
            }
        }, InstructSeg.class);
    }

    private static ValidatableResponse ask() {
        return given().contentType("image/png").queryParam("sentences", "a").body(Examples.png(8, 8)).post(ENDPOINT).then();
    }

    private static ValidatableResponse problem(Throwable failure, int status, String detail) {
        bean(Uni.createFrom().failure(failure));
        return ask().statusCode(status).contentType("application/problem+json").body("status", equalTo(status)).body("detail",
                equalTo(detail)).body("field", equalTo(null));
    }

    @Test
    void whoCannotWaitMayTryAgain() {
        problem(new QueueFullException(4, Duration.ofMillis(2100)), 503,
                "too many requests wait for the model already, or too many videos are segmented")
                .header("Retry-After", "3");
        problem(new ModelUnavailableException("/secret/path"), 503,
                "there is no model to ask: none is active, it could not be loaded, or the service is shutting down")
                .header("Retry-After", "1");
    }

    @Test
    void whoWaitedTooLongIsTold() {
        problem(new DeadlineExceededException(Duration.ofSeconds(3), "quarkus.instructseg.deadline"), 504,
                "the model did not answer in time");
    }

    @Test
    void theServicesOwnFailuresTellNothingInternal() {
        problem(new StageException(Signature.REASON, "tensor secret:0"), 500, "stage reason of the model failed");
        problem(new OutOfMemoryError("secret"), 500, "the service has not enough memory for this request");
        problem(new IllegalStateException("secret"), 500, "the service failed");
    }

    @Test
    void aClientThatGoesAwayCancelsItsRequest() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        bean(Uni.createFrom().<List<Segmentation>> nothing().onSubscription().invoke(asked::countDown).onCancellation()
                .invoke(cancelled::countDown));
        byte[] picture = Examples.png(8, 8);
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            socket.getOutputStream()
                    .write(("POST " + ENDPOINT + "?sentences=a HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\n"
                            + "Content-Length: " + picture.length + "\r\n\r\n").getBytes(US_ASCII));
            socket.getOutputStream().write(picture);
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            // Quarkus looks at the connection's end from when it has subscribed, which asking is a part of
            Thread.sleep(500);
            assertThat(cancelled.getCount()).isOne();
        }
        assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** A chessboard has the most corners of all masks. */
    @Test
    void noiseHasRunLengthsButNoPolygons() {
        int side = 400;
        boolean[] values = new boolean[side * side];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i / side + i) % 2 == 0;
        }
        Mask mask = Mask.of(side, side, values);
        bean(Uni.createFrom().item(() -> List.of(new Segmentation(Instruction.referring("a"), true, 0.5, mask,
                List.of(new Candidate(0, 0.5, mask)),
                new DecodedImage(new RgbImage(side, side, new byte[side * side * 3]), false),
                Map.of()))));
        ask().statusCode(200).body("segmentations[0].mask.polygons", equalTo(null)).body("segmentations[0].mask.area",
                equalTo(side * side / 2));
    }

    @Test
    void anExplanationComesWordForWord() {
        Mask mask = Mask.empty(3, 2);
        bean(Uni.createFrom().item(() -> List.of(new Segmentation(Instruction.reasoning("a"), false, 0.25, mask,
                List.of(new Candidate(0, 0.25, mask)), new DecodedImage(new RgbImage(3, 2, new byte[18]), false), Map.of(),
                Optional.of("the \"handle\"\nis there")))));
        given().contentType("image/png").queryParam("sentences", "a").queryParam("task", "reasoning")
                .queryParam("explanation", "true").body(Examples.png(8, 8)).post(ENDPOINT).then().statusCode(200)
                .body("segmentations[0].explanation", equalTo("the \"handle\"\nis there"));
        ask().statusCode(200).body("segmentations[0]", not(hasKey("explanation")));
    }

    private static ValidatableResponse askInWords(String accept) {
        return given().contentType("application/json").accept(accept).body("{\"question\": \"a\"}").post(ANSWERS).then();
    }

    @Test
    void aModelWithoutWordsSaysSo() {
        bean(Multi.createFrom().failure(new WordlessModelException("/secret/path")));
        for (String accept : List.of("application/json", "text/event-stream")) {
            askInWords(accept).statusCode(501).contentType("application/problem+json").body("detail",
                    equalTo("the model has no words"));
        }
        problem(new WordlessModelException("/secret/path"), 501, "the model has no words");
    }

    @Test
    void wordsThatBreakOffEndWithTheReason() {
        bean(Multi.createBy().concatenating().streams(Multi.createFrom().items(word("a \"b\"\n"), word("c")),
                Multi.createFrom().failure(new StageException(Signature.DECODE, "tensor secret:0"))));
        assertThat(askInWords("text/event-stream").statusCode(200).extract().asString()).isEqualTo("event: text\n"
                + "data: {\"text\":\"a \\\"b\\\"\\n\"}\n\nevent: text\ndata: {\"text\":\"c\"}\n\n"
                + "event: problem\ndata: {\"status\":500,"
                + "\"title\":\"Internal Server Error\",\"detail\":\"stage decode of the model failed\"}\n\n");
        askInWords("application/json").statusCode(500).body("detail", equalTo("stage decode of the model failed"));
    }

    private static AnswerPart word(String text) {
        return new AnswerPart(text, Optional.empty());
    }

    @Test
    void aClientThatGoesAwayBetweenTwoWordsCancelsItsRequest() throws Exception {
        CompletableFuture<Boolean> onWorker = new CompletableFuture<>();
        bean(Multi.createFrom().ticks().every(Duration.ofMillis(2)).map(tick -> word("word ")).onCancellation()
                .invoke(() -> onWorker.complete(BlockingOperationControl.isBlockingAllowed())));
        try (Socket socket = askInWords(new byte[1])) {
            assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII)).isEqualTo("HTTP/1.1 200");
            socket.getInputStream().readNBytes(10_000);
            assertThat(onWorker).isNotDone();
        }
        assertThat(onWorker.get(20, TimeUnit.SECONDS)).as("what is freed doesn't hold up the event loop").isTrue();
    }

    private Socket askInWords(byte[] picture) throws IOException {
        String body = "{\"question\": \"a\", \"image\": \"" + Base64.getEncoder().encodeToString(picture) + "\"}";
        Socket socket = new Socket();
        socket.setReceiveBufferSize(10_000);
        socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()));
        socket.getOutputStream().write(("POST " + ANSWERS + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Accept: text/event-stream\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(US_ASCII));
        return socket;
    }

    /** The kernel keeps up to about 10 MB between the two: most of the words are still to be sent. */
    @Test
    void aClientThatDoesNotReadKeepsItsWordsButNotItsPicture() throws Exception {
        AtomicLong free = freeMemory();
        long all = Runtime.getRuntime().maxMemory() / 4;
        Awaitility.await().until(() -> free.get() == all);
        AtomicLong freeWhenAsked = new AtomicLong();
        AtomicReference<WeakReference<Question>> asked = new AtomicReference<>();
        String text = "word ".repeat(6_000);
        bean(question -> {
            freeWhenAsked.set(free.get());
            asked.set(new WeakReference<>(question));
            return Multi.createBy().concatenating().streams(
                    Multi.createBy().repeating().supplier(() -> word(text)).atMost(1_000),
                    Multi.createFrom().failure(new StageException(Signature.DECODE, "tensor secret:0")))
                    // as long as the answer is made, it holds the question
                    .onFailure().invoke(failure -> assertThat(question.image()).isPresent());
        });
        try (Socket socket = askInWords(new byte[100_000])) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            assertThat(lines.readLine()).isEqualTo("HTTP/1.1 200 OK");
            Awaitility.await().until(() -> free.get() == all);
            assertThat(freeWhenAsked.get()).isLessThanOrEqualTo(all - 100_000);
            Awaitility.await().until(() -> {
                System.gc();
                return asked.get().get() == null;
            });
            for (int i = 0; i < 1_000; i++) {
                assertThat(data(lines)).hasSizeGreaterThan(text.length()).startsWith("data: {\"text\":\"word ");
            }
            assertThat(data(lines)).startsWith("data: {\"status\":500");
        }
    }

    /** Of all requests. */
    private static AtomicLong freeMemory() throws ReflectiveOperationException {
        Field free = RequestMemory.class.getDeclaredField("FREE");
        free.setAccessible(true);
        return (AtomicLong) free.get(null);
    }

    /** Of the next event. */
    private static String data(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (!line.startsWith("data: ")) {
            line = lines.readLine();
        }
        return line;
    }
}
