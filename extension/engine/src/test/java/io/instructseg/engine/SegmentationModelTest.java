package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.session.ModelException;
import io.instructseg.engine.session.StageException;
import io.instructseg.engine.session.TestModel;
import io.instructseg.engine.text.Task;
import io.instructseg.format.Signature;

class SegmentationModelTest {

    private static final RgbImage PICTURE = picture(90, 60);
    private static final List<Instruction> INSTRUCTIONS = List.of(Instruction.referring("the red square"),
            Instruction.reasoning("What would a painter call the largest thing in this picture, and why?"),
            Instruction.referring(""), Instruction.referring("a"), Instruction.referring("the red square"),
            new Instruction(Task.REFERRING, List.of("left", "the thing on the left")),
            Instruction.referring("\uD83D\uDC15 \u72AC"), Instruction.referring("b"), Instruction.referring("c"),
            Instruction.referring("<image><seg>"));

    private static SegmentationModel model;

    @TempDir
    Path directory;

    @BeforeAll
    static void load() throws IOException {
        model = SegmentationModel.load(TestModel.directory());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** More of them than run side by side. */
    @Test
    void severalInstructionsGetTheAnswersThatTheyGetAlone() throws IOException {
        List<Segmentation> together = segment(PICTURE, INSTRUCTIONS, Candidates.ALL);
        assertThat(together).hasSameSizeAs(INSTRUCTIONS);
        for (int i = 0; i < INSTRUCTIONS.size(); i++) {
            Segmentation alone = segment(PICTURE, List.of(INSTRUCTIONS.get(i)), Candidates.ALL).get(0);
            assertEqual(together.get(i).best(), alone.best());
            assertThat(together.get(i).candidates()).hasSize(10);
        }
    }

    @Test
    void theBestIsTheFirstOfAll() throws IOException {
        List<Segmentation> all = segment(PICTURE, INSTRUCTIONS, Candidates.ALL);
        List<Segmentation> best = segment(PICTURE, INSTRUCTIONS, Candidates.BEST);
        for (int i = 0; i < INSTRUCTIONS.size(); i++) {
            assertThat(all.get(i).best()).isSameAs(all.get(i).candidates().get(0));
            assertThat(all.get(i).candidates()).isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
            assertThat(all.get(i).candidates().stream().map(Candidate::query))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 10).boxed().toList());
            assertThat(best.get(i).candidates()).containsExactly(best.get(i).best());
            assertEqual(best.get(i).best(), all.get(i).best());
        }
        assertThat(best.get(0).timings()).containsOnlyKeys(Signature.values());
    }

    @Test
    void nothingAskedIsNothingAnswered() throws IOException {
        assertThat(segment(PICTURE, List.of(), Candidates.BEST)).isEmpty();
        assertThatThrownBy(() -> new Instruction(Task.REFERRING, List.of()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("sentences");
    }

    /** Before each stage, and native memory is given back whichever it is. */
    @Test
    void cancelsBetweenStages() throws IOException {
        AtomicInteger checks = new AtomicInteger();
        model.segment(PICTURE, INSTRUCTIONS.subList(0, 1), Candidates.BEST, () -> checks.incrementAndGet() < 0);
        assertThat(checks).hasValueGreaterThanOrEqualTo(Signature.values().length);
        cancelAtEachCheck(checks.get());
        System.gc();
        long pointers = Pointer.totalCount();
        cancelAtEachCheck(checks.get());
        // without a collection: what lives now, nobody has closed
        assertThat(Pointer.totalCount()).isLessThanOrEqualTo(pointers);
    }

    private static void cancelAtEachCheck(int checks) {
        for (int stages = 0; stages < checks; stages++) {
            AtomicInteger left = new AtomicInteger(stages);
            assertThatThrownBy(() -> model.segment(PICTURE, INSTRUCTIONS.subList(0, 1), Candidates.BEST,
                    () -> left.getAndDecrement() <= 0)).isInstanceOf(CancellationException.class);
            assertThat(left).hasValue(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({ "1, 1", "1, 3", "3, 1", "300, 2", "1000, 999" })
    void segmentsPicturesOfAnySize(int width, int height) throws IOException {
        Segmentation answer = segment(picture(width, height), INSTRUCTIONS.subList(0, 1), Candidates.BEST).get(0);
        assertThat(answer.best().mask().width()).isEqualTo(width);
        assertThat(answer.best().mask().height()).isEqualTo(height);
        assertThat(answer.best().score()).isBetween(0.0, 1.0);
    }

    @ParameterizedTest
    @CsvSource({ "1, 300", "300, 1", "4000, 3" })
    void refusesPicturesOfWhichNothingWouldBeLeft(int width, int height) {
        assertThatThrownBy(() -> segment(picture(width, height), INSTRUCTIONS.subList(0, 1), Candidates.BEST))
                .isInstanceOf(ImageException.class).hasMessageContaining(width + "x" + height);
    }

    @Test
    void takesALongSentenceAndRefusesAnEndlessOne() throws IOException {
        assertThat(segment(PICTURE, List.of(Instruction.referring("red square ".repeat(60))), Candidates.BEST)).hasSize(1);
        assertThatThrownBy(
                () -> segment(PICTURE, List.of(INSTRUCTIONS.get(0), Instruction.referring("red square ".repeat(9_000))),
                        Candidates.BEST))
                .isExactlyInstanceOf(InstructionException.class)
                .hasMessageMatching("the instruction has \\d+ tokens, expected at most 2048");
    }

    /** Somebody else's SavedModel has no model.json. */
    @Test
    void needsNoManifest() throws IOException {
        Files.delete(TestModel.copy(directory).resolve("model.json"));
        assertThat(model.manifest()).isPresent();
        try (SegmentationModel other = SegmentationModel.load(directory)) {
            assertThat(other.manifest()).isEmpty();
            assertEqual(
                    other.segment(PICTURE, INSTRUCTIONS.subList(0, 1), Candidates.BEST, CancellationToken.NONE).get(0).best(),
                    segment(PICTURE, INSTRUCTIONS.subList(0, 1), Candidates.BEST).get(0).best());
        }
    }

    @Test
    void refusesATokenizerOfAnotherVocabulary() throws IOException {
        Path manifest = TestModel.copy(directory).resolve("model.json");
        Files.writeString(manifest,
                Files.readString(manifest).replace("\"vocabularySize\" : 573", "\"vocabularySize\" : 574"));
        assertThatThrownBy(() -> SegmentationModel.load(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessage(directory + ": the tokenizer has 573 tokens, the model embeds 574");
    }

    @ParameterizedTest
    @CsvSource({ "decode_masks, seg_logits", "resolve_masks, scores" })
    void refusesToOrderWhatIsNoNumber(String stage, String output) throws IOException {
        TestModel.edited(directory, graph -> graph.getGraphDefBuilder().getNodeBuilderList().stream()
                .filter(node -> isScalarIn(stage, node.build())).forEach(node -> node.putAttr("value",
                        node.getAttrOrThrow("value").toBuilder().setTensor(notANumber()).build())));
        try (SegmentationModel broken = SegmentationModel.load(directory)) {
            for (Candidates wanted : Candidates.values()) {
                assertThatThrownBy(() -> broken.segment(PICTURE, INSTRUCTIONS.subList(0, 1), wanted, CancellationToken.NONE))
                        .isExactlyInstanceOf(StageException.class)
                        .hasMessage("stage " + stage + " failed: output " + output + " holds NaN, expected finite numbers");
            }
        }
    }

    private static boolean isScalarIn(String stage, NodeDef node) {
        return node.getOp().equals("Const") && node.getName().startsWith(stage + "/")
                && node.getAttrOrThrow("dtype").getType() == DataType.DT_FLOAT
                && node.getAttrOrThrow("value").getTensor().getTensorShape().getDimCount() == 0;
    }

    private static TensorProto notANumber() {
        return TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).setTensorShape(TensorShapeProto.getDefaultInstance())
                .addFloatVal(Float.NaN).build();
    }

    private static List<Segmentation> segment(RgbImage image, List<Instruction> instructions, Candidates wanted)
            throws IOException {
        return model.segment(image, instructions, wanted, CancellationToken.NONE);
    }

    private static void assertEqual(Candidate found, Candidate expected) {
        assertThat(found.query()).isEqualTo(expected.query());
        assertThat(found.score()).isCloseTo(expected.score(), within(1e-5));
        assertThat(found.mask().iou(expected.mask())).isGreaterThanOrEqualTo(0.999);
    }

    private static RgbImage picture(int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.length; i++) {
            int x = i / 3 % width;
            int y = i / 3 / width;
            pixels[i] = (byte) (x < width / 3 && y > height / 3 ? 200 * (i % 3) : 3 * x + 2 * y + 50 * (i % 3));
        }
        return new RgbImage(width, height, pixels);
    }
}
