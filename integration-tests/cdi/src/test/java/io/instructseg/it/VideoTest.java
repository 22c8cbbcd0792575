package io.instructseg.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import jakarta.inject.Inject;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.video.Frame;
import io.instructseg.engine.video.FrameSelection;
import io.instructseg.engine.video.VideoException;
import io.instructseg.engine.video.VideoLimits;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.QueueFullException;
import io.instructseg.quarkus.Video;
import io.instructseg.quarkus.VideoRequest;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;

/** The bean segments videos like the official code, a frame when it is asked for. */
@QuarkusTest
class VideoTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration FRAME = Duration.ofMillis(40);
    private static final VideoExample REFERRING = VideoExample.of("rvos");
    private static final VideoExample REASONING = VideoExample.of("revos");
    /** Look-ahead of the official choice of four references. */
    private static final int AHEAD = 4;

    @Inject
    InstructSeg instructSeg;

    @Test
    void eachFrameHasTheOfficialAnswers() {
        assertThat(REASONING.folder()).isEqualTo(REFERRING.folder());
        List<FrameSegmentation> frames = all(request().reasoning(REASONING.sentence()));
        assertThat(frames).hasSameSizeAs(REFERRING.masks());
        for (int i = 0; i < frames.size(); i++) {
            assertThat(frames.get(i).frame().index()).isEqualTo(i);
            assertThat(frames.get(i).frame().time()).isEqualTo(FRAME.multipliedBy(i));
            assertOfficial(frames.get(i).segmentations().get(0), REFERRING, i);
            assertOfficial(frames.get(i).segmentations().get(1), REASONING, i);
        }
    }

    private static void assertOfficial(Segmentation answer, VideoExample example, int frame) {
        assertThat(answer.score()).isCloseTo(example.scores().get(frame), within(1e-4));
        assertThat(iou(answer.mask(), example.masks().get(frame))).isGreaterThan(0.999);
    }

    private static double iou(Mask mask, Mask official) {
        long both = 0;
        long any = 0;
        for (int y = 0; y < official.height(); y++) {
            for (int x = 0; x < official.width(); x++) {
                both += mask.get(x, y) && official.get(x, y) ? 1 : 0;
                any += mask.get(x, y) || official.get(x, y) ? 1 : 0;
            }
        }
        return (double) both / any;
    }

    @Test
    void nothingIsDecodedBeforeItIsNeeded() {
        AtomicInteger decoded = new AtomicInteger();
        AssertSubscriber<FrameSegmentation> subscriber = AssertSubscriber.create();
        instructSeg.segment(VideoRequest.of(counted(decoded)).referring(REFERRING.sentence())).subscribe()
                .withSubscriber(subscriber);
        subscriber.awaitSubscription(LONG);
        for (int frame = 1; frame <= 3; frame++) {
            subscriber.awaitNextItem(LONG);
            int answered = frame;
            assertThat(subscriber.getItems()).hasSize(answered);
            assertThat(decoded.get()).isLessThanOrEqualTo(answered + AHEAD);
        }
        subscriber.cancel();
        assertThat(decoded.get()).isLessThan(REFERRING.masks().size());
    }

    private Video counted(AtomicInteger decoded) {
        return (limits, selection) -> Video.directory(REFERRING.folder(), FRAME).frames(limits, selection)
                .invoke(frame -> decoded
                        .incrementAndGet());
    }

    @Test
    void picturesHaveTheirTurnBetweenTheFramesOfAnEndlessVideo() {
        AssertSubscriber<FrameSegmentation> subscriber = AssertSubscriber.create(Long.MAX_VALUE);
        AtomicBoolean closed = new AtomicBoolean();
        Multi<RgbImage> camera = camera().onTermination().invoke(() -> closed.set(true));
        instructSeg.segment(VideoRequest.live(camera).referring(REFERRING.sentence())).subscribe().withSubscriber(subscriber);
        Example example = Example.of("res");
        for (int i = 0; i < 3; i++) {
            assertThat(instructSeg.segment(Image.of(example.picture()), example.sentence()).await().atMost(LONG).score())
                    .isCloseTo(example.score(), within(1e-4));
        }
        Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> subscriber.getItems().size() >= 2);
        subscriber.cancel();
        Awaitility.await().atMost(2, TimeUnit.MINUTES).untilTrue(closed);
    }

    /** The first video's frames again and again. */
    private static Multi<RgbImage> camera() {
        List<RgbImage> images = Video.directory(REFERRING.folder(), FRAME).frames(VideoLimits.DEFAULT, FrameSelection.ALL)
                .map(Frame::image).collect().asList().await().atMost(LONG);
        return Multi.createFrom().iterable(() -> Stream.generate(() -> images).flatMap(List::stream).iterator());
    }

    @Test
    void liveFramesAreAnsweredBeforeTheNextOnesCome() {
        AssertSubscriber<FrameSegmentation> subscriber = AssertSubscriber.create(1);
        AtomicInteger given = new AtomicInteger();
        instructSeg
                .segment(VideoRequest.live(camera().invoke(image -> given.incrementAndGet())).referring(REFERRING.sentence()))
                .subscribe().withSubscriber(subscriber);
        subscriber.awaitItems(1, LONG);
        assertThat(given.get()).isEqualTo(1);
        subscriber.cancel();
    }

    @Test
    void aVideoThatBreaksIsAnsweredUpToThere() {
        Video broken = (limits, selection) -> Multi.createBy().concatenating().streams(
                Video.directory(REFERRING.folder(), FRAME).frames(limits, selection).select().first(3),
                Multi.createFrom().failure(new VideoException(VideoException.Kind.DAMAGED, "as if it broke here")));
        AssertSubscriber<FrameSegmentation> subscriber = AssertSubscriber.create(Long.MAX_VALUE);
        instructSeg.segment(VideoRequest.of(broken).referring(REFERRING.sentence())).subscribe().withSubscriber(subscriber);
        subscriber.awaitFailure(
                failure -> assertThat(failure).isInstanceOf(VideoException.class).hasMessage("as if it broke here"),
                LONG);
        assertThat(subscriber.getItems()).hasSize(3);
    }

    @Test
    void whatIsNoVideoFails() {
        assertThatThrownBy(() -> all(VideoRequest.of(Video.of(Path.of("pom.xml"))).referring("a dog")))
                .hasRootCauseInstanceOf(VideoException.class);
        assertThatThrownBy(() -> all(VideoRequest.of(Video.of(Path.of("no such file"))).referring("a dog")))
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> all(request().referring(" "))).hasMessageContaining("blank sentence");
        assertThatThrownBy(() -> all(VideoRequest.of(Video.directory(REFERRING.folder(), FRAME))))
                .hasMessageContaining("instructions: found none");
    }

    @Test
    void asManyVideosAsConfiguredAtOnce() throws Exception {
        List<AssertSubscriber<FrameSegmentation>> open = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            AssertSubscriber<FrameSegmentation> subscriber = AssertSubscriber.create(1);
            instructSeg.segment(request()).subscribe().withSubscriber(subscriber);
            open.add(subscriber);
        }
        open.forEach(subscriber -> subscriber.awaitItems(1, LONG));
        assertThatThrownBy(() -> all(request())).isInstanceOf(QueueFullException.class)
                .hasMessageContaining("quarkus.instructseg.video.concurrency");
        open.forEach(AssertSubscriber::cancel);
        assertThat(all(request())).hasSameSizeAs(REFERRING.masks());
    }

    @Test
    void cancellingWhileAStageRunsFreesTheVideoAfterIt() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        AssertSubscriber<FrameSegmentation> subscriber = AssertSubscriber.create(Long.MAX_VALUE);
        Multi<RgbImage> camera = camera().onTermination().invoke(closed::countDown);
        instructSeg.segment(VideoRequest.live(camera).referring(REFERRING.sentence())).subscribe().withSubscriber(subscriber);
        subscriber.awaitNextItem(LONG);
        subscriber.cancel();
        assertThat(closed.await(2, TimeUnit.MINUTES)).isTrue();
        assertThat(all(request())).hasSameSizeAs(REFERRING.masks());
    }

    private static VideoRequest request() {
        return VideoRequest.of(Video.directory(REFERRING.folder(), FRAME)).referring(REFERRING.sentence());
    }

    private List<FrameSegmentation> all(VideoRequest request) {
        return instructSeg.segment(request).collect().asList().await().atMost(LONG);
    }
}
