package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Candidates;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.StageRun;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.format.Signature;

/** Backbone and pixel decoder on a device of their own: they run beside the language model. */
class BranchesTest {

    private static final List<Instruction> INSTRUCTIONS = List.of(Instruction.referring("the red square"));
    private static final DecodedImage PICTURE = new DecodedImage(new RgbImage(80, 60, new byte[80 * 60 * 3]), false);

    private static SegmentationModel model;

    @BeforeAll
    static void load() throws IOException {
        Map<String, String> modules = Map.of("encode_backbone", "cpu:1", "decode_pixels", "cpu:1", "decode_masks", "cpu:1");
        model = SegmentationModel.load(TestModel.directory(), Placement.of("cpu", modules), TensorFlowOptions.logicalCpus(2));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void bothRunAtOnceAndTheAnswerIsTheSame() throws IOException {
        // each waits before its first stage until the other one is there, too
        CyclicBarrier both = new CyclicBarrier(2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<Segmentation> own = segment(model, () -> {
            if (threads.add(Thread.currentThread())) {
                meet(both);
            }
            return false;
        }, run -> {
        });
        try (SegmentationModel plain = SegmentationModel.load(TestModel.directory())) {
            assertThat(own.get(0).candidates()).isEqualTo(segment(plain, CancellationToken.NONE, run -> {
            }).get(0).candidates());
        }
        assertThat(threads).hasSize(2);
        assertThat(own.get(0).timings()).containsOnlyKeys(Signature.required().toArray(Signature[]::new));
    }

    /** What they give is not in memory while the language model works. */
    @Test
    void onOneDeviceTheyRunWhenTheyAreNeeded() throws IOException {
        List<Signature> told = new ArrayList<>();
        try (SegmentationModel plain = SegmentationModel.load(TestModel.directory())) {
            segment(plain, CancellationToken.NONE, run -> told.add(run.stage()));
        }
        assertThat(told).startsWith(Signature.ENCODE_VISION, Signature.PERCEIVE, Signature.REASON, Signature.ENCODE_BACKBONE,
                Signature.DECODE_PIXELS, Signature.FUSE);
    }

    @Test
    void listenersAreToldOnTheCallersThread() throws IOException {
        List<Signature> told = new ArrayList<>();
        Thread caller = Thread.currentThread();
        segment(model, CancellationToken.NONE, run -> {
            assertThat(Thread.currentThread()).isEqualTo(caller);
            told.add(run.stage());
        });
        assertThat(told).contains(Signature.required().toArray(Signature[]::new)).startsWith(Signature.ENCODE_VISION);
        assertThat(told.indexOf(Signature.ENCODE_BACKBONE)).isLessThan(told.indexOf(Signature.DECODE_PIXELS));
    }

    @ParameterizedTest
    @EnumSource(names = { "ENCODE_BACKBONE", "DECODE_PIXELS", "ENCODE_VISION", "PERCEIVE", "REASON", "FUSE" })
    void failuresOfEitherAreTheRequestsAndEverythingIsFreed(Signature failing) {
        model.session().trace((stage, step) -> {
            if (stage == failing) {
                throw new IllegalStateException("made up");
            }
        });
        assertThatThrownBy(() -> segment(model, CancellationToken.NONE, run -> {
        })).isExactlyInstanceOf(StageException.class).hasMessageStartingWith("stage " + failing.key() + " failed");
        model.session().trace(null);
        assertThat(model.session().keptTensors()).isZero();
    }

    @Test
    void eitherCanBeCancelled() {
        Thread caller = Thread.currentThread();
        List<CancellationToken> tokens = List.of(() -> Thread.currentThread() == caller,
                () -> Thread.currentThread() != caller);
        for (CancellationToken cancelled : tokens) {
            assertThatThrownBy(() -> segment(model, cancelled, run -> {
            })).isInstanceOf(CancellationException.class);
            assertThat(model.session().keptTensors()).isZero();
        }
    }

    private static List<Segmentation> segment(SegmentationModel on, CancellationToken cancellation, Consumer<StageRun> listener)
            throws IOException {
        return on.segment(PICTURE, INSTRUCTIONS, new SegmentationOptions(Candidates.ALL, 0), cancellation, listener);
    }

    private static void meet(CyclicBarrier both) {
        try {
            both.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
