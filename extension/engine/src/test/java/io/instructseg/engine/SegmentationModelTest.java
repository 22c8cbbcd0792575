package io.instructseg.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.ImageDecoder;
import io.instructseg.engine.image.ImageException;
import io.instructseg.engine.image.ImageLimits;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.Overlay;
import io.instructseg.engine.session.ModelException;
import io.instructseg.engine.session.StageException;
import io.instructseg.engine.session.TestModel;
import io.instructseg.engine.text.Medium;
import io.instructseg.engine.text.Task;
import io.instructseg.format.Signature;

class SegmentationModelTest {

    private static final DecodedImage PICTURE = picture(90, 60);
    private static final List<Instruction> INSTRUCTIONS = List.of(Instruction.referring("the red square"),
            Instruction.reasoning("What would a painter call the largest thing in this picture, and why?"),
            Instruction.referring("."), Instruction.referring("a"), Instruction.referring("the red square"),
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
            assertEqual(best(together.get(i)), best(alone));
            assertThat(together.get(i).candidates()).hasSize(10);
        }
    }

    @Test
    void theBestIsTheFirstOfAll() throws IOException {
        List<Segmentation> all = segment(PICTURE, INSTRUCTIONS, Candidates.ALL);
        List<Segmentation> best = segment(PICTURE, INSTRUCTIONS, Candidates.BEST);
        for (int i = 0; i < INSTRUCTIONS.size(); i++) {
            assertThat(all.get(i).candidates()).isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()));
            assertThat(all.get(i).candidates().stream().map(Candidate::query))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 10).boxed().toList());
            assertThat(best.get(i).candidates()).hasSize(1);
            assertEqual(best(best.get(i)), best(all.get(i)));
        }
        assertThat(best.get(0).timings()).containsOnlyKeys(Signature.required().toArray(Signature[]::new));
    }

    @Test
    void belowTheThresholdNothingIsFound() throws IOException {
        Segmentation any = segment(PICTURE, INSTRUCTIONS.subList(0, 1), Candidates.BEST).get(0);
        assertThat(any.found()).isTrue();
        assertThat(any.instruction()).isSameAs(INSTRUCTIONS.get(0));
        assertThat(any.image()).isSameAs(PICTURE);
        assertThat(any.mask()).isSameAs(best(any).mask());
        assertThat(any.box()).isEqualTo(any.mask().boundingBox()).isPresent();
        assertThat(any.area()).isEqualTo(any.mask().area()).isPositive();
        assertThat(any.overlay()).isEqualTo(Overlay.png(PICTURE.image(), any.mask()));

        Segmentation exactly = Segmentation.of(any.instruction(), any.candidates(), any.score(), PICTURE, Map.of());
        assertThat(exactly.found()).isTrue();
        List<Segmentation> none = model.segment(PICTURE, INSTRUCTIONS.subList(0, 1),
                new SegmentationOptions(Candidates.ALL, 1), CancellationToken.NONE);
        assertThat(none.get(0).found()).isFalse();
        assertThat(none.get(0).score()).isCloseTo(any.score(), within(1e-5)).isLessThan(1);
        assertThat(none.get(0).mask()).isEqualTo(Mask.empty(90, 60));
        assertThat(none.get(0).box()).isEmpty();
        assertThat(none.get(0).candidates()).hasSize(10);
        assertEqual(best(none.get(0)), best(any));
    }

    @ParameterizedTest
    @ValueSource(doubles = { -0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY })
    void refusesAThresholdThatNoScoreCanMean(double threshold) {
        assertThatThrownBy(() -> new SegmentationOptions(Candidates.BEST, threshold))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threshold: found " + threshold + ", expected 0 to 1");
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
        model.segment(PICTURE, INSTRUCTIONS.subList(0, 1), SegmentationOptions.DEFAULT, () -> checks.incrementAndGet() < 0);
        assertThat(checks).hasValueGreaterThanOrEqualTo(Signature.required().size());
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
            assertThatThrownBy(() -> model.segment(PICTURE, INSTRUCTIONS.subList(0, 1), SegmentationOptions.DEFAULT,
                    () -> left.getAndDecrement() <= 0)).isInstanceOf(CancellationException.class);
            assertThat(left).hasValue(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({ "1, 1", "1, 3", "3, 1", "300, 2", "1000, 999", "8000, 1", "1, 8000", "65535, 1", "1, 65535", "4000, 3" })
    void segmentsPicturesOfAnySize(int width, int height) throws IOException {
        byte[] file = Overlay.png(picture(width, height).image(), Mask.empty(width, height));
        DecodedImage picture = ImageDecoder.decode(file, ImageLimits.DEFAULT);
        Segmentation answer = segment(picture, INSTRUCTIONS.subList(0, 1), Candidates.BEST).get(0);
        assertThat(picture.image().width()).isEqualTo(width);
        assertThat(answer.width()).isEqualTo(width);
        assertThat(answer.height()).isEqualTo(height);
        assertThat(answer.score()).isBetween(0.0, 1.0);
    }

    /** Model B has 10 queries. */
    @Test
    void refusesMoreMasksThanTheHeapHolds() throws IOException {
        DecodedImage large = picture(4000, 2000);
        int fitting = (int) (Runtime.getRuntime().maxMemory() / 4 / 1_000_000);
        List<Instruction> instructions = Collections.nCopies(fitting / 10 + 1, Instruction.referring("the red square"));
        assertThatThrownBy(() -> segment(large, instructions, Candidates.ALL)).isInstanceOf(ImageException.class)
                .hasMessageContaining("4000x2000 pixels x " + instructions.size() + " instructions x 10 candidates");
        assertThatThrownBy(() -> segment(large, Collections.nCopies(fitting + 1, INSTRUCTIONS.get(0)), Candidates.BEST))
                .isInstanceOf(ImageException.class).hasMessageContaining("x 1 candidates");
        assertThat(segment(large, INSTRUCTIONS.subList(0, 1), Candidates.ALL).get(0).candidates()).hasSize(10);
    }

    @Test
    void takesALongSentenceAndRefusesAnEndlessOne() throws IOException {
        assertThat(segment(PICTURE, List.of(Instruction.referring("red square ".repeat(60))), Candidates.BEST)).hasSize(1);
        assertThatThrownBy(
                () -> segment(PICTURE, List.of(INSTRUCTIONS.get(0), Instruction.referring("red square ".repeat(1_500))),
                        Candidates.BEST))
                .isExactlyInstanceOf(InstructionException.class)
                .hasMessageMatching("instructions\\[1\\]: found \\d+ tokens, expected at most 2048");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", " ", "\n\t", "\u00a0\u3000\u2028", "\u001c" })
    void refusesABlankSentence(String blank) {
        List<Instruction> instructions = List.of(INSTRUCTIONS.get(0),
                new Instruction(Task.REASONING, List.of("why", "because", blank)));
        assertThatThrownBy(() -> segment(PICTURE, instructions, Candidates.BEST))
                .isInstanceOfSatisfying(InstructionException.class, e -> assertThat(e.index()).isEqualTo(1))
                .hasMessage("instructions[1].sentences[2]: found a blank sentence, expected words");
    }

    /** A comparison with the official code, which takes a blank sentence for a full stop, may still ask. */
    @Test
    void candidatesAreThoseOfTheAnswer() throws IOException {
        Segmentation answer = segment(PICTURE, INSTRUCTIONS.subList(0, 1), Candidates.ALL).get(0);
        assertThat(model.candidates(PICTURE.image(),
                model.prompts().segmentation(Medium.IMAGE, Task.REFERRING, List.of("the red square"))))
                .isEqualTo(answer.candidates());
        assertThat(model.candidates(PICTURE.image(), model.prompts().segmentation(Medium.IMAGE, Task.REFERRING, List.of(""))))
                .hasSize(10);
    }

    /** Somebody else's SavedModel has no model.json. */
    @Test
    void needsNoManifest() throws IOException {
        Files.delete(TestModel.copy(directory).resolve("model.json"));
        assertThat(model.manifest()).isPresent();
        try (SegmentationModel other = SegmentationModel.load(directory)) {
            assertThat(other.manifest()).isEmpty();
            assertEqual(
                    best(other.segment(PICTURE, INSTRUCTIONS.subList(0, 1), SegmentationOptions.DEFAULT,
                            CancellationToken.NONE).get(0)),
                    best(segment(PICTURE, INSTRUCTIONS.subList(0, 1), Candidates.BEST).get(0)));
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
        breakStage(stage);
        try (SegmentationModel broken = SegmentationModel.load(directory)) {
            for (Candidates wanted : Candidates.values()) {
                assertThatThrownBy(() -> broken.segment(PICTURE, INSTRUCTIONS.subList(0, 1),
                        new SegmentationOptions(wanted, 0), CancellationToken.NONE))
                        .isExactlyInstanceOf(StageException.class)
                        .hasMessage("stage " + stage + " failed: output " + output + " holds NaN, expected finite numbers");
            }
        }
    }

    /** Whoever trips over it. */
    @ParameterizedTest
    @ValueSource(strings = { "encode_vision", "reason", "resolve_masks", "decode" })
    void warmingUpNamesTheStageThatIsBroken(String stage) throws IOException {
        breakStage(stage);
        try (SegmentationModel broken = SegmentationModel.load(directory)) {
            assertThatThrownBy(() -> broken.warmUp(CancellationToken.NONE)).isExactlyInstanceOf(StageException.class)
                    .hasMessageMatching("stage " + stage + " failed: output \\w+ holds NaN, expected finite numbers");
        }
    }

    @Test
    void warmingUpEndsBetweenTwoStages() {
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() -> model.warmUp(() -> asked.incrementAndGet() == 3)).isInstanceOf(CancellationException.class);
        assertThat(asked).hasValue(3);
    }

    private void breakStage(String stage) throws IOException {
        TestModel.edited(directory, graph -> graph.getGraphDefBuilder().getNodeBuilderList().stream()
                .filter(node -> isScalarIn(stage, node.build())).forEach(node -> node.putAttr("value",
                        node.getAttrOrThrow("value").toBuilder().setTensor(notANumber()).build())));
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

    private static List<Segmentation> segment(DecodedImage image, List<Instruction> instructions, Candidates wanted)
            throws IOException {
        return model.segment(image, instructions, new SegmentationOptions(wanted, 0), CancellationToken.NONE);
    }

    private static Candidate best(Segmentation answer) {
        return answer.candidates().get(0);
    }

    private static void assertEqual(Candidate found, Candidate expected) {
        assertThat(found.query()).isEqualTo(expected.query());
        assertThat(found.score()).isCloseTo(expected.score(), within(1e-5));
        assertThat(found.mask().iou(expected.mask())).isGreaterThanOrEqualTo(0.999);
    }

    private static DecodedImage picture(int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.length; i++) {
            int x = i / 3 % width;
            int y = i / 3 / width;
            pixels[i] = (byte) (x < width / 3 && y > height / 3 ? 200 * (i % 3) : 3 * x + 2 * y + 50 * (i % 3));
        }
        return new DecodedImage(new RgbImage(width, height, pixels), false);
    }
}
