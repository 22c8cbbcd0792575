package io.instructseg.quarkus.runtime.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.eclipse.microprofile.reactive.messaging.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.session.StageException;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.VideoException;
import io.instructseg.format.Signature;
import io.instructseg.quarkus.AnswerPart;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.ImageReferenceException;
import io.instructseg.quarkus.ImageStore;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.QueueFullException;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.VideoRequest;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.TracingMetadata;

/** A message for each frame, then a summary, whose acknowledgement is the request's. */
@Timeout(60)
class VideoMessagesTest {

    private static final int FRAMES = 3;
    private static final String REQUEST = "{\"id\":\"7\",\"video\":{\"reference\":\"a.mp4\"},\"sentences\":[\"a dog\"]}";
    private static final ContextKey<String> TRACE = ContextKey.named("trace");
    private static final Multi<FrameSegmentation> NONE = Multi.createFrom().empty();

    private final String contents = UUID.randomUUID().toString();
    private final List<Throwable> nacks = new CopyOnWriteArrayList<>();
    private final AtomicInteger acks = new AtomicInteger();
    private final List<VideoRequest> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger computed = new AtomicInteger();
    private final Results results = new Results();

    @Test
    void eachFrameHasAMessageAndThenComesASummary() throws Exception {
        answer(message(REQUEST), attempt -> frames(FRAMES));
        for (int i = 0; i < FRAMES; i++) {
            String mask = "{\"area\":1,\"box\":{\"x\":1,\"y\":0,\"width\":1,\"height\":1},\"rle\":{\"size\":[1,2],"
                    + "\"counts\":\"11\"},\"polygons\":[[[[1,0],[2,0],[2,1],[1,1],[1,0]]]]}";
            assertThat(results.next()).isEqualTo("{\"id\":\"7\",\"index\":" + i + ",\"time\":" + i * 0.25
                    + ",\"segmentations\":[{\"sentence\":\"a dog\",\"task\":\"referring\",\"found\":true,\"score\":0.5,"
                    + "\"mask\":" + mask + "}]}");
        }
        assertThat(acks).hasValue(0);
        assertThat(results.next()).isEqualTo("{\"id\":\"7\",\"frames\":3}");
        results.awaitEnd();
        assertThat(acks).hasValue(1);
        assertThat(nacks).isEmpty();
    }

    @Test
    void theNextFrameIsComputedWhenTheBrokerHasTheOneBefore() throws Exception {
        answer(message(REQUEST), attempt -> frames(FRAMES));
        Message<byte[]> first = results.take();
        Thread.sleep(200);
        assertThat(computed).hasValue(1);
        first.ack();
        assertThat(Results.text(results.take())).contains("\"index\":1");
        assertThat(computed).hasValue(2);
        assertThat(results.messages).isEmpty();
    }

    @Test
    void aFrameThatTheBrokerRefusesRefusesTheRequest() throws Exception {
        answer(message(REQUEST), attempt -> frames(FRAMES));
        results.next();
        IOException tooLarge = new IOException("the record is too large");
        results.take().nack(tooLarge);
        results.awaitEnd();
        assertThat(results.messages).isEmpty();
        assertThat(nacks).containsExactly(tooLarge);
        assertThat(acks).hasValue(0);
        assertThat(computed).hasValue(2);
    }

    @Test
    void aVideoThatBreaksIsRefusedAfterTheFramesBefore() throws Exception {
        answer(message(REQUEST), attempt -> breaking(2,
                new VideoException(VideoException.Kind.DAMAGED, "frame 2 does not decode")));
        assertThat(results.next()).contains("\"index\":0");
        assertThat(results.next()).contains("\"index\":1");
        results.awaitEnd();
        assertThat(results.messages).isEmpty();
        assertThat(nacks).singleElement().extracting(Throwable::getMessage).isEqualTo("video: frame 2 does not decode");
        assertThat(acks).hasValue(0);
    }

    @Test
    void aStageThatFailsIsTriedAgainAndNoFrameIsSentTwice() throws Exception {
        answer(message(REQUEST), attempt -> attempt < 3 ? breaking(2, new StageException(Signature.REASON, "found NaN"))
                : frames(FRAMES));
        for (int i = 0; i < FRAMES; i++) {
            assertThat(results.next()).contains("\"index\":" + i + ",");
        }
        assertThat(results.next()).isEqualTo("{\"id\":\"7\",\"frames\":3}");
        results.awaitEnd();
        assertThat(asked).hasSize(4);
        assertThat(acks).hasValue(1);
    }

    @Test
    void aVideoThatTheModelFailsOnIsRefusedAfterTriesIfTheModelWorks() throws Exception {
        StageException failure = new StageException(Signature.REASON, "found NaN");
        answer(message(REQUEST), attempt -> breaking(1, failure));
        assertThat(results.next()).contains("\"index\":0,");
        results.awaitEnd();
        assertThat(asked).hasSize(4);
        assertThat(nacks).containsExactly(failure);
    }

    @Test
    void aModelThatGoesAwayInMidVideoCostsNoMessage() throws Exception {
        answer(message(REQUEST), attempt -> breaking(1, new ModelUnavailableException("the application is shutting down")));
        assertThat(results.next()).contains("\"index\":0,");
        assertThat(results.awaitFailure()).isInstanceOf(ModelUnavailableException.class);
        assertThat(nacks).isEmpty();
        assertThat(acks).hasValue(0);
        assertThat(asked).hasSize(1);
    }

    @Test
    void otherVideosAreWaitedFor() throws Exception {
        answer(message(REQUEST), attempt -> attempt < 6 ? breaking(0, QueueFullException.ofVideos(1, "video.concurrency"))
                : frames(1));
        assertThat(results.next()).contains("\"index\":0,");
        assertThat(results.next()).isEqualTo("{\"id\":\"7\",\"frames\":1}");
        results.awaitEnd();
        assertThat(asked).hasSize(7);
    }

    @Test
    void aStoreThatFailsInMidVideoIsAskedAgain() throws Exception {
        answer(message(REQUEST), attempt -> attempt > 0 ? frames(FRAMES)
                : breaking(2, new VideoException(VideoException.Kind.DAMAGED, "the video can't be read",
                        new NoSuchFileException("a.mp4"))));
        for (int i = 0; i < FRAMES; i++) {
            assertThat(results.next()).contains("\"index\":" + i + ",");
        }
        assertThat(results.next()).isEqualTo("{\"id\":\"7\",\"frames\":3}");
        results.awaitEnd();
        assertThat(nacks).isEmpty();
    }

    @Test
    void framesAreInTheTraceOfTheMessage() throws Exception {
        List<String> traces = new CopyOnWriteArrayList<>();
        Message<byte[]> message = message(REQUEST)
                .addMetadata(TracingMetadata.withCurrent(Context.root().with(TRACE, "of the message")));
        answer(message, attempt -> {
            traces.add(Context.current().get(TRACE));
            return attempt == 0 ? breaking(0, new StageException(Signature.REASON, "found NaN")) : frames(0);
        });
        assertThat(results.next()).isEqualTo("{\"id\":\"7\",\"frames\":0}");
        results.awaitEnd();
        assertThat(traces).containsExactly("of the message", "of the message");
    }

    @ParameterizedTest
    @ValueSource(strings = { "complete", "fail", "cancel" })
    void theCopyIsGoneAfterwards(String end) throws Exception {
        List<Path> copies = new CopyOnWriteArrayList<>();
        answer(message(REQUEST), attempt -> {
            copy().ifPresent(copies::add);
            return end.equals("fail") ? breaking(1, new VideoException(VideoException.Kind.DAMAGED, "")) : frames(1);
        });
        Message<byte[]> frame = results.take();
        assertThat(copies).hasSize(1).allMatch(Files::exists);
        if (end.equals("cancel")) {
            results.cancel();
        } else {
            frame.ack();
            results.awaitEnd();
        }
        assertThat(copies).noneMatch(Files::exists);
    }

    @Test
    void aCopyBeyondTheLimitIsRefusedAndGone() throws Exception {
        answer(message(REQUEST), attempt -> NONE, reference -> new SequenceInputStream(
                new ByteArrayInputStream(contents.getBytes()), new ByteArrayInputStream(new byte[3000])));
        results.awaitEnd();
        assertThat(nacks).singleElement().extracting(Throwable::getMessage)
                .isEqualTo("video.reference: found more than the limit of 2048 bytes");
        assertThat(copy()).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void aCopyThatTheStoreDoesNotFinishIsGone() throws Exception {
        AtomicInteger times = new AtomicInteger();
        answer(message(REQUEST), attempt -> frames(0), reference -> {
            if (times.getAndIncrement() == 1) {
                throw new ImageReferenceException("no such object");
            }
            return new SequenceInputStream(new ByteArrayInputStream(contents.getBytes()), new InputStream() {

                @Override
                public int read() throws IOException {
                    assertThat(copy()).isPresent();
                    throw new IOException("connection reset");
                }
            });
        });
        results.awaitEnd();
        assertThat(nacks).singleElement().extracting(Throwable::getMessage).isEqualTo("video.reference: no such object");
        assertThat(copy()).isEmpty();
    }

    @Test
    void theFieldsSayWhichFrames() throws Exception {
        answer(message("{\"id\":\"7\",\"start\":1.5,\"end\":20,\"stride\":2,\"frames\":10,\"references\":2,\"threshold\":0.25,"
                + "\"task\":\"reasoning\",\"candidates\":\"best\",\"causal\":true,\"sentences\":[\"why?\",\"where?\"],"
                + "\"video\":{\"reference\":\"a.mp4\"}}"), attempt -> frames(0));
        results.next();
        results.awaitEnd();
        VideoRequest request = asked.get(0);
        assertThat(request.selection()).isEqualTo(FrameSelection.ALL.from(Duration.ofMillis(1500))
                .until(Duration.ofSeconds(20)).stride(2).first(10));
        assertThat(request.referenceFrames()).hasValue(2);
        assertThat(request.threshold()).hasValue(0.25);
        assertThat(request.pastOnly()).isTrue();
        assertThat(request.instructions()).containsExactly(Instruction.reasoning("why?"), Instruction.reasoning("where?"));
    }

    @Test
    void framesMayBeTakenByTime() throws Exception {
        answer(message(REQUEST.replace("\"sentences\"", "\"every\":0.5,\"sentences\"")),
                attempt -> frames(0));
        results.next();
        results.awaitEnd();
        assertThat(asked.get(0).selection()).isEqualTo(FrameSelection.ALL.every(Duration.ofMillis(500)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
            "'sentences':['a'],'video':'a.mp4' | video: found a string, expected an object with a reference",
            "'sentences':['a'],'video':{} | video: found no reference in it",
            "'sentences':['a'],'video':{'file':'a.mp4'} | video: found an unknown field, expected reference",
            "'video':{'reference':'a'} | sentences: found none, expected at least one",
            "'sentences':['a'],'video':{'reference':'a'},'image':'AAAA'"
                    + "| image: found it together with a video, expected one of them",
            "'sentences':['a'],'video':{'reference':'a'},'image':{'reference':'b'}"
                    + "| image: found it together with a video, expected one of them",
            "'sentences':['a'],'video':{'reference':'a'},'candidates':'all'"
                    + "| candidates: found 'all', expected 'best' for a video",
            "'sentences':['a'],'video':{'reference':'a'},'stride':0 | stride: found '0', expected a whole number, at least 1",
            "'sentences':['a'],'video':{'reference':'a'},'stride':'2' | stride: found a string, expected a number",
            "'sentences':['a'],'video':{'reference':'a'},'causal':1 | causal: found '1', expected 'true' or 'false'",
            "'sentences':['a'],'image':'AAAA','stride':2 | stride: found it without a video" })
    void aBadMessageIsRefusedBeforeTheStoreIsAsked(String fields, String reason) throws Exception {
        answer(message("{\"id\":\"7\"," + fields.replace('\'', '"') + "}"), attempt -> NONE, reference -> {
            throw new AssertionError("asked");
        });
        results.awaitEnd();
        assertThat(nacks).singleElement().extracting(Throwable::getMessage).isEqualTo(reason);
    }

    /** As many as there are, each when it is asked for. */
    private Multi<FrameSegmentation> frames(int count) {
        return Multi.createFrom().range(0, count).map(VideoMessagesTest::frame).invoke(frame -> computed.incrementAndGet());
    }

    private Multi<FrameSegmentation> breaking(int after, Throwable failure) {
        return Multi.createBy().concatenating().streams(frames(after), Multi.createFrom().failure(failure));
    }

    private static FrameSegmentation frame(int index) {
        RgbImage image = new RgbImage(2, 1, new byte[6]);
        Segmentation answer = new Segmentation(Instruction.referring("a dog"), true, 0.5,
                Mask.of(2, 1, new boolean[] { false, true }), List.of(), new DecodedImage(image, false), Map.of());
        return new FrameSegmentation(new Frame(index, Duration.ofMillis(250).multipliedBy(index), image), List.of(answer),
                Optional.empty());
    }

    /** The temporary file with this test's contents. */
    private Optional<Path> copy() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("instructseg-"))
                    .filter(file -> file.toString().endsWith(".video")).filter(this::hasContents).findFirst();
        }
    }

    private boolean hasContents(Path file) {
        byte[] expected = contents.getBytes();
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(expected.length), expected);
        } catch (IOException e) {
            return false; // another test's
        }
    }

    private Message<byte[]> message(String json) {
        return Message.of(json.getBytes(), () -> {
            acks.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        }, failure -> {
            nacks.add(failure);
            return CompletableFuture.completedFuture(null);
        });
    }

    private void answer(Message<byte[]> message, Attempts model) {
        answer(message, model, reference -> new ByteArrayInputStream(contents.getBytes()));
    }

    private void answer(Message<byte[]> message, Attempts model, ImageStore store) {
        MessageReader reader = new MessageReader(store, MessageAnswersTest.config());
        new MessageAnswers(new VideoModel(model), reader, List.of()).answer(message).subscribe().withSubscriber(results);
    }

    /** What the model does when it is asked for the n-th time, from 0. */
    @FunctionalInterface
    private interface Attempts {

        Multi<FrameSegmentation> frames(int attempt) throws IOException;
    }

    private final class VideoModel implements InstructSeg {

        private final Attempts attempts;

        VideoModel(Attempts attempts) {
            this.attempts = attempts;
        }

        @Override
        public Uni<Segmentation> segment(Image image, String sentence) {
            throw new UnsupportedOperationException();
        }

        /** Of the picture that tells whether the model works. */
        @Override
        public Uni<List<Segmentation>> segment(SegmentationRequest request) {
            return Uni.createFrom().item(List.of());
        }

        @Override
        public Multi<FrameSegmentation> segment(VideoRequest request) {
            return Multi.createFrom().deferred(() -> {
                asked.add(request);
                try {
                    return attempts.frames(asked.size() - 1);
                } catch (IOException e) {
                    return Multi.createFrom().failure(e);
                }
            });
        }

        @Override
        public Multi<AnswerPart> stream(Question question) {
            throw new UnsupportedOperationException();
        }
    }
}
