package io.instructseg.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import javax.imageio.ImageIO;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.Candidate;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.ImageException;
import io.instructseg.format.Signature;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.SegmentationRequest;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;

/** The bean answers like the official code, however it is asked. */
@QuarkusTest
class InstructSegTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Example SCISSORS = Example.of("res");
    private static final Example CAT = Example.of("reason");

    @Inject
    InstructSeg instructSeg;

    @Inject
    AnimalFinder animals;

    @Test
    void aFileABytesArrayAndAStreamGiveTheOfficialAnswer() throws IOException {
        byte[] bytes = Files.readAllBytes(SCISSORS.picture());
        for (Image image : List.of(Image.of(SCISSORS.picture()), Image.of(bytes), Image.of(new ByteArrayInputStream(bytes)))) {
            assertOfficial(await(instructSeg.segment(image, SCISSORS.sentence())), SCISSORS);
        }
    }

    @Test
    void severalSentencesShareAPictureThatIsEncodedOnce() {
        SegmentationRequest request = SegmentationRequest.of(Image.of(CAT.picture())).reasoning(CAT.sentence())
                .referring("the cat").reasoning(CAT.sentence());
        List<Segmentation> answers = await(instructSeg.segment(request));
        assertThat(answers).extracting(answer -> answer.instruction().sentences().get(0)).containsExactly(CAT.sentence(),
                "the cat", CAT.sentence());
        assertOfficial(answers.get(0), CAT);
        assertThat(answers.get(2).mask()).isEqualTo(answers.get(0).mask());
        assertThat(answers.get(0).timings()).containsKeys(Signature.ENCODE_VISION, Signature.RESOLVE_MASKS);
    }

    @Test
    void allCandidatesComeByFallingScore() {
        Segmentation answer = await(instructSeg
                .segment(SegmentationRequest.of(Image.of(SCISSORS.picture())).referring(SCISSORS.sentence()).allCandidates()))
                .get(0);
        assertOfficial(answer, SCISSORS);
        assertThat(answer.candidates()).hasSize(12).extracting(Candidate::score)
                .isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(answer.candidates().get(0).mask()).isEqualTo(answer.mask());
    }

    @Test
    void belowTheThresholdNothingIsFound() {
        Segmentation answer = await(instructSeg.segment(
                SegmentationRequest.of(Image.of(SCISSORS.picture())).referring(SCISSORS.sentence()).threshold(0.99))).get(0);
        assertThat(answer.found()).isFalse();
        assertThat(answer.score()).isCloseTo(SCISSORS.score(), within(1e-4));
        assertThat(answer.area()).isZero();
        assertThat(answer.box()).isEmpty();
        assertThat(answer.width()).isEqualTo(SCISSORS.mask().width());
        assertThat(answer.height()).isEqualTo(SCISSORS.mask().height());
    }

    @Test
    void badInputFailsTheUniAndTheNextRequestIsAnswered() {
        assertThatThrownBy(() -> await(instructSeg.segment(Image.of("no picture".getBytes()), "the cat")))
                .hasRootCauseInstanceOf(ImageException.class).hasMessageContaining("not a picture of a known format");
        assertThatThrownBy(() -> await(instructSeg.segment(SegmentationRequest.of(Image.of(CAT.picture())))))
                .hasMessageContaining("instructions: found none, expected at least one");
        assertThatThrownBy(() -> await(instructSeg.segment(SegmentationRequest.of(limits -> {
            throw new OutOfMemoryError("as if");
        }).referring("the cat")))).hasMessageContaining("as if");
        assertOfficial(await(instructSeg.segment(Image.of(SCISSORS.picture()), SCISSORS.sentence())), SCISSORS);
    }

    @Test
    void nothingHappensBeforeASubscriptionAndAnswersComeOnWorkers() throws Exception {
        AtomicReference<String> decoding = new AtomicReference<>();
        Uni<String> answering = instructSeg.segment(SegmentationRequest.of(limits -> {
            decoding.set(Thread.currentThread().getName());
            return Image.of(CAT.picture()).decode(limits);
        }).referring("the cat")).map(answer -> Thread.currentThread().getName());
        assertThat(decoding).hasNullValue();
        assertThat(await(answering)).startsWith("executor-thread");
        assertThat(decoding).hasValue("instructseg-device");
    }

    @Test
    void whatIsCancelledWhileItWaitsNeverStarts() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<List<Segmentation>> first = instructSeg.segment(SegmentationRequest.of(limits -> {
            running.countDown();
            await(release);
            return Image.of(CAT.picture()).decode(limits);
        }).referring("the cat")).subscribeAsCompletionStage();
        assertThat(running.await(2, TimeUnit.MINUTES)).isTrue();
        CompletableFuture<Void> started = new CompletableFuture<>();
        Cancellable second = instructSeg.segment(SegmentationRequest.of(limits -> {
            started.complete(null);
            return Image.of(CAT.picture()).decode(limits);
        }).referring("the cat")).subscribe().with(answer -> {
        });
        second.cancel();
        release.countDown();
        assertThat(first.get(2, TimeUnit.MINUTES)).hasSize(1);
        assertOfficial(await(instructSeg.segment(Image.of(SCISSORS.picture()), SCISSORS.sentence())), SCISSORS);
        assertThat(started).isNotDone();
    }

    @Test
    void anySizeIsAnswered() throws IOException {
        for (int[] size : new int[][] { { 1, 1 }, { 8000, 8000 }, { 8000, 1 } }) {
            ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
            ImageIO.write(new BufferedImage(size[0], size[1], BufferedImage.TYPE_BYTE_GRAY), "jpeg", jpeg);
            Segmentation answer = await(instructSeg.segment(Image.of(jpeg.toByteArray()), "the cat"));
            assertThat(new int[] { answer.width(), answer.height() }).isEqualTo(size);
        }
    }

    @Test
    void aHostsBeanAsks() {
        double truth = (double) CAT.mask().area() / (CAT.mask().width() * CAT.mask().height());
        assertThat(await(animals.coverage(CAT.picture(), "cat"))).isCloseTo(truth, within(0.05));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(LONG);
    }

    private static void assertOfficial(Segmentation answer, Example example) {
        assertThat(answer.found()).isTrue();
        assertThat(answer.score()).isCloseTo(example.score(), within(1e-4));
        assertThat(answer.mask().iou(example.mask())).isGreaterThan(0.999);
        assertThat(answer.box()).isEqualTo(answer.mask().boundingBox());
        assertThat(answer.overlay()).startsWith(0x89, 'P', 'N', 'G');
    }
}
