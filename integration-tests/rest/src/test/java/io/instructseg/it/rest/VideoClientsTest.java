package io.instructseg.it.rest;

import static io.instructseg.it.rest.VideoExamples.ENDPOINT;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

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
import io.instructseg.engine.video.Frame;
import io.instructseg.format.Signature;
import io.instructseg.quarkus.AnswerPart;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.QueueFullException;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.VideoRequest;
import io.quarkus.runtime.BlockingOperationControl;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** Clients of the videos' endpoint that are slow or go away, and a bean that fails. */
@QuarkusTest
class VideoClientsTest {

    private static final int SIDE = 400;
    private static final Segmentation NOISE = noise();
    /** A frame's line has about 160 KB; the kernel keeps up to about 10 MB between the two. */
    private static final int MOST_ON_THE_WAY = 150;

    @TestHTTPResource(ENDPOINT)
    URI endpoint;

    private final AtomicInteger given = new AtomicInteger();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean cancelledOnWorker = new AtomicBoolean();

    private static Segmentation noise() {
        boolean[] values = new boolean[SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i / SIDE + i) % 2 == 0;
        }
        Mask mask = Mask.of(SIDE, SIDE, values);
        return new Segmentation(Instruction.referring("a"), true, 0.5, mask, List.of(new Candidate(0, 0.5, mask)),
                new DecodedImage(new RgbImage(SIDE, SIDE, new byte[SIDE * SIDE * 3]), false), Map.of());
    }

    private void bean(Multi<FrameSegmentation> frames) {
        Multi<FrameSegmentation> watched = frames.onSubscription().invoke(asked::countDown).onTermination()
                .invoke(ended::countDown).onCancellation()
                .invoke(() -> cancelledOnWorker.set(BlockingOperationControl.isBlockingAllowed()));
        QuarkusMock.installMockForType(new InstructSeg() {

            @Override
            public Uni<Segmentation> segment(Image image, String sentence) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Uni<List<Segmentation>> segment(SegmentationRequest request) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Multi<FrameSegmentation> segment(VideoRequest request) {
                return watched;
            }

            @Override
            public Multi<AnswerPart> stream(Question question) {
                throw new UnsupportedOperationException();
            }
        }, InstructSeg.class);
    }

    private Multi<FrameSegmentation> endless() {
        return Multi.createBy().repeating().supplier(this::next).indefinitely();
    }

    private FrameSegmentation next() {
        int index = given.getAndIncrement();
        return new FrameSegmentation(new Frame(index, Duration.ofSeconds(index), NOISE.image().image()), List.of(NOISE),
                Optional.empty());
    }

    private Socket connect(int length) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(10_000);
        socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()));
        socket.getOutputStream().write(("POST " + ENDPOINT + "?sentences=a HTTP/1.1\r\nHost: a\r\nContent-Type: video/mp4\r\n"
                + "Content-Length: " + length + "\r\n\r\nabc").getBytes(US_ASCII));
        return socket;
    }

    @Test
    void aClientThatDoesNotReadStopsTheWorkAndOneThatReadsLetsItGoOn() throws Exception {
        bean(endless());
        try (Socket socket = connect(3)) {
            AtomicInteger before = new AtomicInteger(-1);
            Awaitility.await().pollInterval(3, TimeUnit.SECONDS).atMost(1, TimeUnit.MINUTES)
                    .until(() -> given.get() > 0 && given.get() == before.getAndSet(given.get()));
            int held = given.get();
            assertThat(held).isLessThan(MOST_ON_THE_WAY);
            assertThat(ended.getCount()).isOne();
            socket.getInputStream().readNBytes(MOST_ON_THE_WAY * SIDE * SIDE);
            assertThat(given.get()).isGreaterThan(held).isLessThan(3 * MOST_ON_THE_WAY);
        }
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        Awaitility.await().until(() -> Uploads.files().isEmpty());
    }

    @Test
    void aClientThatGoesAwayBeforeTheFirstAnswerCancelsItsRequest() throws Exception {
        bean(Multi.createFrom().nothing());
        try (Socket socket = connect(3)) {
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(ended.getCount()).isOne();
            assertThat(Uploads.files()).hasSize(1);
        }
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(cancelledOnWorker).as("what is freed doesn't hold up the event loop").isTrue();
        Awaitility.await().until(() -> Uploads.files().isEmpty());
    }

    @Test
    void whatAClientSentThatGoesAwayIsDeleted() throws Exception {
        bean(endless());
        try (Socket socket = connect(1_000_000)) {
            Awaitility.await().until(() -> Uploads.files().size() == 1);
        }
        Awaitility.await().until(() -> Uploads.files().isEmpty());
        assertThat(asked.getCount()).isOne();
    }

    @Test
    void aBeanThatFailsBeforeTheFirstAnswerDecidesAboutTheStatus() throws Exception {
        bean(Multi.createFrom().failure(QueueFullException.ofVideos(2, "secret")));
        ask().then().statusCode(503).header("Retry-After", "10").contentType("application/problem+json").body("detail",
                equalTo("too many requests wait for the model already, or too many videos are segmented"));
        bean(Multi.createFrom().failure(new StageException(Signature.REASON, "tensor secret:0")));
        ask().then().statusCode(500).body("detail", equalTo("stage reason of the model failed"));
        assertThat(Uploads.files()).isEmpty();
    }

    @Test
    void aBeanThatFailsLaterEndsTheAnswersWithTheReason() throws Exception {
        Multi<FrameSegmentation> failing = Multi.createBy().concatenating().streams(
                endless().select().first(2),
                Multi.createFrom().failure(new StageException(Signature.REASON, "tensor secret:0")));
        bean(failing);
        String[] lines = ask().then().statusCode(200).extract().asString().split("\n");
        assertThat(lines).hasSize(3);
        assertThat(lines[2]).isEqualTo("{\"status\":500,\"title\":\"Internal Server Error\","
                + "\"detail\":\"stage reason of the model failed\"}");
        assertThat(Uploads.files()).isEmpty();
    }

    /** Completion needs no demand: it may come before the first answer is sent. */
    @Test
    void aBeanThatCompletesAtOnceIsAnswered() {
        bean(Multi.createFrom().items(next()));
        String[] lines = ask().then().statusCode(200).extract().asString().split("\n");
        assertThat(lines).hasSize(2);
        assertThat(lines[0]).startsWith("{\"index\":0,\"time\":0.0,");
        assertThat(lines[1]).isEqualTo("{\"frames\":1,\"ended\":\"complete\"}");
    }

    private static io.restassured.response.Response ask() {
        return given().contentType("video/mp4").queryParam("sentences", "a").body("abc".getBytes(US_ASCII)).post(ENDPOINT);
    }
}
