package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.Safetensors;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.mask.LabelMap;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.session.TestModel;
import io.instructseg.engine.text.Medium;
import io.instructseg.engine.text.Prompt;
import io.instructseg.engine.text.Task;
import io.instructseg.engine.video.ListFrames;
import io.instructseg.engine.video.ReferenceFrames;
import io.instructseg.engine.video.VideoException;
import io.instructseg.format.Signature;

class VideoSegmentationTest {

    private static final List<RgbImage> IMAGES = ListFrames.moving(9);
    private static final List<Instruction> INSTRUCTIONS = List.of(Instruction.referring("the red square"),
            Instruction.reasoning("What would a painter call the largest thing(s) in these pictures, and why?"),
            new Instruction(Task.REFERRING, List.of("left", "the thing on the left")));

    private static SegmentationModel model;

    @BeforeAll
    static void load() throws IOException {
        model = SegmentationModel.load(TestModel.directory());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** What is computed once, and what runs side by side, is what the official script computes again and again. */
    @ParameterizedTest
    @CsvSource({ "9, 4, false", "4, 4, false", "1, 4, false", "6, 3, false", "5, 1, false", "3, 0, false", "6, 3, true" })
    void answersAreThoseOfEachFrameAlone(int length, int count, boolean pastOnly) throws IOException {
        ReferenceFrames references = new ReferenceFrames(count, pastOnly);
        VideoOptions options = new VideoOptions(new SegmentationOptions(Candidates.ALL, 0), Optional.of(references), false);
        OfficialVideo official = new OfficialVideo(model.session(), IMAGES);
        List<FrameSegmentation> answers = segment(IMAGES.subList(0, length), INSTRUCTIONS, options);
        assertThat(answers).hasSize(length);
        for (int key = 0; key < length; key++) {
            FrameSegmentation answer = answers.get(key);
            assertThat(answer.frame().index()).isEqualTo(key);
            assertThat(answer.frame().time()).isEqualTo(Duration.ofMillis(40L * key));
            for (int i = 0; i < INSTRUCTIONS.size(); i++) {
                Segmentation own = answer.segmentations().get(i);
                assertThat(own.instruction()).isSameAs(INSTRUCTIONS.get(i));
                assertThat(own.image().image()).isSameAs(IMAGES.get(key));
                float[] scores = official.scores(key, references.of(key, length), prompt(INSTRUCTIONS.get(i)));
                for (Candidate candidate : own.candidates()) {
                    assertThat(candidate.score()).isCloseTo(scores[candidate.query()], within(1e-4));
                }
            }
        }
    }

    private static Prompt prompt(Instruction instruction) {
        return model.prompts().segmentation(Medium.VIDEO, instruction.task(), instruction.sentences());
    }

    /** More of them than run side by side. */
    @Test
    void severalInstructionsGetTheAnswersThatTheyGetAlone() throws IOException {
        List<Instruction> many = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            many.addAll(INSTRUCTIONS);
        }
        List<FrameSegmentation> together = segment(IMAGES.subList(0, 5), many, VideoOptions.DEFAULT);
        for (int i = 0; i < INSTRUCTIONS.size(); i++) {
            List<FrameSegmentation> alone = segment(IMAGES.subList(0, 5), INSTRUCTIONS.subList(i, i + 1),
                    VideoOptions.DEFAULT);
            for (int key = 0; key < 5; key++) {
                Segmentation expected = alone.get(key).segmentations().get(0);
                for (int copy = i; copy < many.size(); copy += INSTRUCTIONS.size()) {
                    Segmentation found = together.get(key).segmentations().get(copy);
                    assertThat(found.score()).isCloseTo(expected.score(), within(1e-5));
                    assertThat(found.mask().iou(expected.mask())).isGreaterThanOrEqualTo(0.999);
                }
            }
        }
    }

    /** With 4 references, a frame's answer needs two more frames, the first one's four. */
    @Test
    void framesAreReadWhenTheyAreNeeded() throws IOException {
        ListFrames frames = ListFrames.of(IMAGES);
        try (VideoSegmentation video = segment(frames, VideoOptions.DEFAULT)) {
            assertThat(frames.read()).isZero();
            for (int read : new int[] { 5, 5, 5, 6, 7, 8, 9, 9, 9 }) {
                assertThat(video.next()).isPresent();
                assertThat(frames.read()).isEqualTo(read);
            }
            assertThat(video.next()).isEmpty();
            assertThat(video.next()).isEmpty();
            assertThat(frames.isClosed()).isFalse();
        }
        assertThat(frames.isClosed()).isTrue();
        ListFrames live = ListFrames.of(IMAGES);
        try (VideoSegmentation video = segment(live, past(4))) {
            for (int read = 1; read <= 9; read++) {
                assertThat(video.next()).isPresent();
                assertThat(live.read()).isEqualTo(read);
            }
        }
    }

    @Test
    void aDamagedVideoIsAnsweredUpToTheDamage() throws IOException {
        List<FrameSegmentation> whole = segment(IMAGES.subList(0, 6), INSTRUCTIONS, VideoOptions.DEFAULT);
        ListFrames frames = ListFrames.damaged(IMAGES.subList(0, 6));
        VideoSegmentation video = segment(frames, VideoOptions.DEFAULT);
        for (FrameSegmentation expected : whole) {
            FrameSegmentation found = video.next().orElseThrow();
            for (int i = 0; i < INSTRUCTIONS.size(); i++) {
                assertThat(found.segmentations().get(i).mask()).isEqualTo(expected.segmentations().get(i).mask());
            }
        }
        assertThatThrownBy(video::next).isExactlyInstanceOf(VideoException.class).hasMessage("made up");
        assertThat(frames.isClosed()).isTrue();
        assertThatIllegalStateException().isThrownBy(video::next);
        video.close();
    }

    @Test
    void noFramesAreNoAnswers() throws IOException {
        assertThat(segment(List.of(), INSTRUCTIONS, VideoOptions.DEFAULT)).isEmpty();
        List<FrameSegmentation> unasked = segment(IMAGES.subList(0, 2), List.of(), VideoOptions.DEFAULT);
        assertThat(unasked).hasSize(2).allSatisfy(frame -> assertThat(frame.segmentations()).isEmpty());
    }

    /** Before each stage; frames, source and native memory are given back whichever it is. */
    @Test
    void cancelsBetweenStages() throws IOException {
        AtomicInteger checks = new AtomicInteger();
        CancellationToken counting = () -> checks.incrementAndGet() < 0;
        try (VideoSegmentation video = model.segment(ListFrames.of(IMAGES), INSTRUCTIONS, past(2), counting)) {
            video.next();
            video.next();
        }
        assertThat(checks).hasValueGreaterThan(16);
        cancelAtEachCheck(checks.get());
        System.gc();
        long pointers = Pointer.totalCount();
        cancelAtEachCheck(checks.get());
        // without a collection: what lives now, nobody has closed
        assertThat(Pointer.totalCount()).isLessThanOrEqualTo(pointers);
    }

    private static void cancelAtEachCheck(int checks) throws IOException {
        for (int stages = 0; stages < checks; stages++) {
            AtomicInteger left = new AtomicInteger(stages);
            ListFrames frames = ListFrames.of(IMAGES);
            VideoSegmentation video = model.segment(frames, INSTRUCTIONS, past(2), () -> left.getAndDecrement() <= 0);
            assertThatThrownBy(() -> {
                video.next();
                video.next();
            }).isInstanceOf(CancellationException.class);
            assertThat(left).hasValue(-1);
            assertThat(frames.isClosed()).isTrue();
        }
    }

    /** What lives after a frame's answer is as much after the thirtieth as after the tenth. */
    @Test
    void memoryDoesNotGrowWithTheVideo() throws IOException {
        List<Instruction> one = INSTRUCTIONS.subList(0, 1);
        try (VideoSegmentation video = model.segment(ListFrames.of(ListFrames.moving(34)), one, VideoOptions.DEFAULT,
                CancellationToken.NONE)) {
            for (int i = 0; i < 10; i++) {
                video.next();
            }
            System.gc();
            long pointers = Pointer.totalCount();
            for (int i = 10; i < 30; i++) {
                assertThat(video.next()).isPresent();
                assertThat(Pointer.totalCount()).isLessThanOrEqualTo(pointers);
            }
        }
    }

    @Test
    void aWrongInstructionClosesTheSource() {
        ListFrames frames = ListFrames.of(IMAGES);
        assertThatThrownBy(() -> model.segment(frames, List.of(INSTRUCTIONS.get(0), Instruction.reasoning(" ")),
                VideoOptions.DEFAULT, CancellationToken.NONE)).isExactlyInstanceOf(InstructionException.class)
                .hasMessage("instructions[1].sentences[0]: found a blank sentence, expected words");
        assertThat(frames.isClosed()).isTrue();
    }

    /** The first answer encodes five frames, the last ones none. */
    @Test
    void tellsAboutEachStageThatRan() throws IOException {
        List<Signature> ran = new ArrayList<>();
        try (VideoSegmentation video = model.segment(ListFrames.of(IMAGES.subList(0, 5)), INSTRUCTIONS, VideoOptions.DEFAULT,
                CancellationToken.NONE, run -> ran.add(run.stage()))) {
            FrameSegmentation first = video.next().orElseThrow();
            assertThat(ran.stream().distinct()).containsExactlyInAnyOrderElementsOf(
                    first.segmentations().get(0).timings().keySet()).hasSize(8);
            assertThat(Collections.frequency(ran, Signature.ENCODE_VISION)).isEqualTo(5);
            ran.clear();
            assertThat(video.next().orElseThrow().segmentations().get(0).timings())
                    .doesNotContainKeys(Signature.ENCODE_VISION, Signature.PERCEIVE);
            assertThat(ran).containsOnlyOnce(Signature.REASON).doesNotContain(Signature.ENCODE_VISION);
        }
    }

    @Test
    void moreObjectsThanLabelsAreRefusedBeforeTheWork() {
        ListFrames frames = ListFrames.of(IMAGES);
        assertThatIllegalArgumentException().isThrownBy(() -> model.segment(frames,
                Collections.nCopies(256, INSTRUCTIONS.get(0)), merging(0), CancellationToken.NONE))
                .withMessage("found 256 objects, expected at most 255");
        assertThat(frames.isClosed()).isTrue();
        assertThat(frames.read()).isZero();
    }

    @Test
    void belowTheThresholdAnObjectHasNoLabel() throws IOException {
        FrameSegmentation any = segment(IMAGES.subList(0, 1), INSTRUCTIONS, merging(0)).get(0);
        double[] scores = any.segmentations().stream().mapToDouble(Segmentation::score).sorted().toArray();
        FrameSegmentation strict = segment(IMAGES.subList(0, 1), INSTRUCTIONS, merging((scores[1] + scores[2]) / 2)).get(0);
        for (int i = 0; i < INSTRUCTIONS.size(); i++) {
            Segmentation answer = strict.segmentations().get(i);
            assertThat(answer.found()).isEqualTo(answer.score() > scores[1] + 1e-4);
            assertThat(has(strict.labels(), i + 1)).isEqualTo(answer.found());
        }
        assertThat(strict.segmentations()).filteredOn(Segmentation::found).hasSize(1);
    }

    /** Both objects of the recorded video, from its files to the label map. */
    @Test
    void labelsAreTheOfficialOnes() throws IOException {
        Path cases = Path.of(System.getProperty("instructseg.test-data"), "golden/model-b/cases");
        List<RgbImage> images = new ArrayList<>();
        for (int frame = 0; frame < 7; frame++) {
            images.add(ImageDecoder.decode(cases.resolve("media/rvos_davis/frame_0000" + frame + ".png"), ImageLimits.DEFAULT)
                    .image());
        }
        List<FrameSegmentation> answers = segment(images, List.of(Instruction.referring("a black dog on the left"),
                Instruction.referring("the child riding a bicycle")), merging(0));
        try (Checkpoint fused = Safetensors.openFile(cases.resolve("rvos_davis_fused.safetensors"))) {
            for (int frame : new int[] { 0, 3 }) {
                LabelMap labels = answers.get(frame).labels();
                long[] own = new long[labels.width() * labels.height()];
                Arrays.setAll(own, i -> labels.get(i % labels.width(), i / labels.width()));
                assertThat(own).isEqualTo(fused.readIntegers("frame_" + frame));
            }
        }
    }

    /** One object alone is where its mask is, whichever way it is merged. */
    @Test
    void labelsAreTheObjects() throws IOException {
        List<Instruction> one = INSTRUCTIONS.subList(0, 1);
        FrameSegmentation soft = segment(IMAGES.subList(0, 1), one, merging(0)).get(0);
        FrameSegmentation hard = segment(IMAGES.subList(0, 1), one, VideoOptions.DEFAULT).get(0);
        Mask mask = hard.segmentations().get(0).mask();
        assertThat(soft.mergedByProbability()).isPresent();
        assertThat(hard.mergedByProbability()).isEmpty();
        assertThat(hard.labels()).isEqualTo(soft.labels()).isEqualTo(LabelMap.overlapping(90, 60, List.of(mask)));
        FrameSegmentation all = segment(IMAGES.subList(0, 1), INSTRUCTIONS, VideoOptions.DEFAULT).get(0);
        assertThat(all.labels()).isEqualTo(LabelMap.overlapping(90, 60,
                all.segmentations().stream().map(Segmentation::mask).toList()));
    }

    private static boolean has(LabelMap map, int label) {
        for (int i = 0; i < map.width() * map.height(); i++) {
            if (map.get(i % map.width(), i / map.width()) == label) {
                return true;
            }
        }
        return false;
    }

    private static VideoOptions past(int count) {
        return new VideoOptions(SegmentationOptions.DEFAULT, Optional.of(ReferenceFrames.past(count)), false);
    }

    private static VideoOptions merging(double threshold) {
        return new VideoOptions(new SegmentationOptions(Candidates.BEST, threshold), Optional.empty(), true);
    }

    private static VideoSegmentation segment(ListFrames frames, VideoOptions options) throws IOException {
        return model.segment(frames, INSTRUCTIONS, options, CancellationToken.NONE);
    }

    private static List<FrameSegmentation> segment(List<RgbImage> images, List<Instruction> instructions,
            VideoOptions options) throws IOException {
        List<FrameSegmentation> answers = new ArrayList<>();
        try (VideoSegmentation video = model.segment(ListFrames.of(images), instructions, options, CancellationToken.NONE)) {
            for (Optional<FrameSegmentation> next = video.next(); next.isPresent(); next = video.next()) {
                answers.add(next.get());
            }
        }
        return answers;
    }
}
