package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.FrameSegmentation;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.VideoOptions;
import io.instructseg.engine.VideoSegmentation;
import io.instructseg.engine.video.ListFrames;
import io.instructseg.format.Signature;

/** A video on a model that is spread over logical CPUs: what is computed, and what stays on the devices. */
class PlacedVideoTest {

    private static final Map<String, String> MODULES = Map.of("encode_vision", "cpu:1", "encode_backbone", "cpu:2",
            "decode_pixels", "cpu:3", "perceive", "cpu:2", "reason", "cpu:3", "fuse", "cpu:1", "decode_masks", "cpu:2",
            "resolve_masks", "cpu:1");
    private static final List<Instruction> INSTRUCTIONS = List.of(Instruction.referring("the red square"),
            Instruction.reasoning("What would a painter call the largest thing in this video, and why?"));
    private static final int LENGTH = 8;

    private static SegmentationModel spread;

    @BeforeAll
    static void load() throws IOException {
        spread = SegmentationModel.load(TestModel.directory(), Placement.of("auto", MODULES),
                TensorFlowOptions.logicalCpus(4));
    }

    @AfterAll
    static void close() {
        spread.close();
    }

    @Test
    void resultsAreTheSameToTheBit() throws IOException {
        try (SegmentationModel plain = SegmentationModel.load(TestModel.directory());
                VideoSegmentation expected = segment(plain, frames(), CancellationToken.NONE);
                VideoSegmentation video = segment(spread, frames(), CancellationToken.NONE)) {
            for (int frame = 0; frame < LENGTH; frame++) {
                FrameSegmentation own = video.next().orElseThrow();
                FrameSegmentation other = expected.next().orElseThrow();
                for (int i = 0; i < INSTRUCTIONS.size(); i++) {
                    assertThat(own.segmentations().get(i).candidates())
                            .isEqualTo(other.segmentations().get(i).candidates());
                }
            }
        }
    }

    /** Each frame is encoded once, and perceived once for all sentences. */
    @Test
    void nothingIsComputedTwice() throws IOException {
        Map<Signature, Integer> steps = new EnumMap<>(Signature.class);
        spread.session().trace((stage, step) -> steps.merge(stage, 1, Integer::sum));
        try (VideoSegmentation video = segment(spread, frames(), CancellationToken.NONE)) {
            while (video.next().isPresent()) {
                // counted
            }
        } finally {
            spread.session().trace(null);
        }
        steps.remove(Signature.RESOLVE_MASKS);
        assertThat(steps).hasSize(7).allSatisfy((stage, count) -> assertThat(count).isEqualTo(LENGTH));
    }

    /** Between two frames only the patches of those that were read ahead: four at first, later two. */
    @Test
    void onlyTheFramesAheadKeepTensors() throws IOException {
        List<Integer> kept = new ArrayList<>();
        VideoSegmentation video = segment(spread, frames(), CancellationToken.NONE);
        for (Optional<FrameSegmentation> next = video.next(); next.isPresent(); next = video.next()) {
            kept.add(spread.session().keptTensors());
        }
        assertThat(kept).containsExactly(4, 3, 2, 2, 2, 2, 1, 0);
        video.close();
        assertThat(spread.session().keptTensors()).isZero();
    }

    @Test
    void everyTensorIsFreedAfterCancellationFailureAndClosing() throws IOException {
        try (VideoSegmentation video = segment(spread, frames(), CancellationToken.NONE)) {
            video.next();
        }
        assertThat(spread.session().keptTensors()).isZero();
        for (int stages = 1; stages < 20; stages++) {
            AtomicInteger left = new AtomicInteger(stages);
            VideoSegmentation video = segment(spread, frames(), () -> left.getAndDecrement() <= 0);
            assertThatThrownBy(video::next).isInstanceOf(CancellationException.class);
            assertThat(spread.session().keptTensors()).as("cancelled after " + stages + " checks").isZero();
        }
        for (Signature stage : Signature.required()) {
            spread.session().trace((running, step) -> {
                if (running == stage) {
                    throw new IllegalStateException("made up");
                }
            });
            VideoSegmentation video = segment(spread, frames(), CancellationToken.NONE);
            assertThatThrownBy(video::next).isInstanceOf(StageException.class);
            assertThat(spread.session().keptTensors()).as("failed in " + stage).isZero();
        }
        spread.session().trace(null);
    }

    private static ListFrames frames() {
        return ListFrames.of(ListFrames.moving(LENGTH));
    }

    private static VideoSegmentation segment(SegmentationModel model, ListFrames frames, CancellationToken cancellation)
            throws IOException {
        return model.segment(frames, INSTRUCTIONS, VideoOptions.DEFAULT, cancellation);
    }
}
