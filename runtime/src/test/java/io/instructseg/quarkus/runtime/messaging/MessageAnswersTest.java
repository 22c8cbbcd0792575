package io.instructseg.quarkus.runtime.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

import org.eclipse.microprofile.reactive.messaging.Message;
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
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.ImageReferenceException;
import io.instructseg.quarkus.ImageStore;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.QueueFullException;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.VideoRequest;
import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.instructseg.quarkus.runtime.LoggedMessages;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** Whose fault it is decides what becomes of a message. */
class MessageAnswersTest {

    private static final String SENTENCE = "the message's sentence";
    private static final Duration AT_MOST = Duration.ofSeconds(30);
    /** A lambda's model fails with what it gives; null is an answer. */
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Throwable> nacks = new ArrayList<>();
    private final AtomicInteger acks = new AtomicInteger();
    private List<Segmentation> answers = List.of();

    @Test
    void aBadMessageIsRefusedAtOnce() {
        assertThat(answer(message("{\"id\":\"1\",\"sentences\":[\"a\"]}"), sentence -> null)).isNull();
        assertThat(nacks).singleElement().extracting(Throwable::getMessage)
                .isEqualTo("image: found none, expected a picture");
        assertThat(asked).isEmpty();
        assertThat(acks).hasValue(0);
    }

    /** The log quotes what is wrong, and stays the log. */
    @Test
    void aMessageWritesNoLinesOfTheLog() {
        List<String> lines = new ArrayList<>();
        Handler handler = new StreamHandler() {

            @Override
            public void publish(LogRecord line) {
                lines.add(line.getMessage());
            }
        };
        Logger log = Logger.getLogger("io.instructseg.quarkus.messaging");
        log.addHandler(handler);
        try {
            answer(message("{\"id\":\"1\",\"task\":\"a\\r\\nb\\u0085c\\u2028d\\u001be\"}"), sentence -> null);
        } finally {
            log.removeHandler(handler);
        }
        assertThat(lines).containsExactly(
                "INSTRUCTSEG0201: A message is refused: task: found 'a?b?c?d?e', expected 'referring' or 'reasoning'");
    }

    @Test
    void aMessageThatTheModelFailsOnIsRefusedAfterTriesIfTheModelWorks() {
        StageException failure = new StageException(Signature.REASON, "found NaN");
        assertThat(answer(inline(), sentence -> sentence.equals(SENTENCE) ? failure : null)).isNull();
        assertThat(nacks).containsExactly(failure);
        assertThat(asked.stream().filter(SENTENCE::equals)).hasSize(4);
        assertThat(asked).hasSize(5);
    }

    @Test
    void anExplanationIsAFieldOfTheResult() {
        Mask mask = Mask.empty(3, 2);
        answers = List.of(new Segmentation(Instruction.reasoning(SENTENCE), false, 0.25, mask,
                List.of(new Candidate(0, 0.25, mask)), new DecodedImage(new RgbImage(3, 2, new byte[18]), false), Map.of(),
                Optional.of("the \"handle\"\nis there")));
        String result = new String(answer(message("{\"id\":\"1\",\"image\":\"AAAA\",\"sentences\":[\"" + SENTENCE
                + "\"],\"task\":\"reasoning\",\"explanation\":true}"), sentence -> null).getPayload(), UTF_8);
        assertThat(result).contains("\"explanation\":\"the \\\"handle\\\"\\nis there\"");
        assertThat(new String(answer(inline(), sentence -> null).getPayload(), UTF_8)).doesNotContain("explanation");
    }

    @Test
    void aModelThatDoesNotWorkCostsNoMessage() {
        assertThatThrownBy(() -> answer(inline(), sentence -> new StageException(Signature.REASON, "found NaN")))
                .isInstanceOf(StageException.class);
        assertThat(nacks).isEmpty();
        assertThat(acks).hasValue(0);
    }

    @Test
    void aModelThatGoesAwayCostsNoMessage() {
        assertThatThrownBy(
                () -> answer(inline(), sentence -> new ModelUnavailableException("the application is shutting down")))
                .isInstanceOf(ModelUnavailableException.class);
        assertThat(nacks).isEmpty();
        assertThat(asked).hasSize(1);
    }

    @Test
    void aFullQueueIsWaitedFor() {
        // then the picture is found to be none: the message is refused, which shows that it had its turn
        AtomicInteger times = new AtomicInteger();
        assertThat(answer(inline(), sentence -> times.getAndIncrement() < 6 ? new QueueFullException(1, Duration.ofSeconds(1))
                : new io.instructseg.engine.image.ImageException("damaged"))).isNull();
        assertThat(asked).hasSize(7);
        assertThat(nacks).singleElement().extracting(Throwable::getMessage).isEqualTo("image: damaged");
    }

    @Test
    void aStoreThatFailsIsAskedAgain() {
        AtomicInteger times = new AtomicInteger();
        ImageStore store = reference -> {
            if (times.getAndIncrement() == 0) {
                throw new IOException("connection refused");
            }
            throw new ImageReferenceException("no such object");
        };
        try (LoggedMessages messages = new LoggedMessages()) {
            assertThat(answer(byReference(), sentence -> null, store)).isNull();
            assertThat(messages.all()).satisfiesExactly(
                    failed -> assertThat(failed)
                            .startsWith("WARN INSTRUCTSEG0202: The store of pictures and videos failed and is asked"
                                    + " again later: ")
                            .contains("connection refused"),
                    refused -> assertThat(refused)
                            .isEqualTo("WARN INSTRUCTSEG0201: A message is refused: image.reference: no such object"));
        }
        assertThat(times).hasValue(2);
        assertThat(nacks).singleElement().extracting(Throwable::getMessage).isEqualTo("image.reference: no such object");
    }

    @Test
    void aStoresPictureIsBounded() {
        ImageStore store = reference -> new ByteArrayInputStream(new byte[2000]);
        assertThat(answer(byReference(), sentence -> null, store)).isNull();
        assertThat(nacks).singleElement().extracting(Throwable::getMessage)
                .isEqualTo("image.reference: found more than the limit of 1024 bytes");
    }

    private Message<byte[]> inline() {
        return message("{\"id\":\"1\",\"image\":\"AAAA\",\"sentences\":[\"" + SENTENCE + "\"]}");
    }

    private Message<byte[]> byReference() {
        return message("{\"id\":\"1\",\"image\":{\"reference\":\"a.png\"},\"sentences\":[\"" + SENTENCE + "\"]}");
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

    private Message<byte[]> answer(Message<byte[]> message, Function<String, Throwable> model) {
        return answer(message, model, reference -> {
            throw new ImageReferenceException("not asked");
        });
    }

    private Message<byte[]> answer(Message<byte[]> message, Function<String, Throwable> model, ImageStore store) {
        MessageReader reader = new MessageReader(store, config());
        return new MessageAnswers(new FailingModel(model), reader, List.of()).answer(message).collect().last().await()
                .atMost(AT_MOST);
    }

    static InstructSegConfig config() {
        return new SmallRyeConfigBuilder().withMapping(InstructSegConfig.class)
                .withConverter(MemorySize.class, 100, new MemorySizeConverter())
                .withConverter(Duration.class, 100, new DurationConverter())
                .withSources(new PropertiesConfigSource(Map.of("quarkus.instructseg.image.max-bytes", "1K",
                        "quarkus.instructseg.video.max-bytes", "2K"), "test", 100))
                .build().getConfigMapping(InstructSegConfig.class);
    }

    private final class FailingModel implements InstructSeg {

        private final Function<String, Throwable> failures;

        FailingModel(Function<String, Throwable> failures) {
            this.failures = failures;
        }

        @Override
        public Uni<Segmentation> segment(Image image, String sentence) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Uni<List<Segmentation>> segment(SegmentationRequest request) {
            return Uni.createFrom().item(request).flatMap(asking -> {
                String sentence = asking.instructions().get(0).sentences().get(0);
                asked.add(sentence);
                Throwable failure = failures.apply(sentence);
                return failure == null ? Uni.createFrom().item(answers) : Uni.createFrom().failure(failure);
            });
        }

        @Override
        public Multi<FrameSegmentation> segment(VideoRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Multi<AnswerPart> stream(Question question) {
            throw new UnsupportedOperationException();
        }
    }
}
