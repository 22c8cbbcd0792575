package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.Candidates;
import io.instructseg.engine.Conversation;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.Segmentation;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.SegmentationOptions;
import io.instructseg.engine.TextGeneration;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.format.Signature;

/** A model spread over logical CPUs, of which {@code cpu:0} is the host: it has no module. */
class PlacedModelTest {

    private static final TensorFlowOptions OPTIONS = TensorFlowOptions.logicalCpus(4);
    private static final Map<String, String> MODULES = Map.of("encode_vision", "cpu:1", "encode_backbone", "cpu:2",
            "decode_pixels", "cpu:3", "perceive", "cpu:2", "reason", "cpu:3", "fuse", "cpu:1", "decode_masks", "cpu:2",
            "resolve_masks", "cpu:1");
    private static final List<Instruction> INSTRUCTIONS = List.of(Instruction.referring("the red square"),
            Instruction.reasoning("What would a painter call the largest thing in this picture, and why?"));
    private static final DecodedImage PICTURE = picture();

    private static final Map<Signature, List<RunMetadata>> STEPS = new EnumMap<>(Signature.class);
    private static SegmentationModel plain;
    private static SegmentationModel spread;
    private static List<Segmentation> answers;

    @TempDir
    Path directory;

    @BeforeAll
    static void run() throws IOException {
        plain = SegmentationModel.load(TestModel.directory());
        spread = SegmentationModel.load(TestModel.directory(), Placement.of("auto", MODULES), OPTIONS);
        spread.session().trace((stage, step) -> STEPS.computeIfAbsent(stage, key -> new ArrayList<>()).add(step));
        answers = segment(spread, CancellationToken.NONE);
        spread.session().trace(null);
    }

    @AfterAll
    static void close() {
        plain.close();
        spread.close();
    }

    @Test
    void knowsWhereItsModulesAre() {
        assertThat(spread.session().devices()).containsOnlyKeys(Signature.values());
        spread.session().devices().forEach((module, device) -> assertThat(device).as(module.key())
                .hasToString(MODULES.getOrDefault(module.key(), MODULES.get("reason"))));
        assertThat(plain.session().devices().values()).containsOnly(Device.CPU);
    }

    /** As TensorFlow recorded while they ran. */
    @Test
    void eachModulesOperationsRanWhereConfigured() {
        assertThat(STEPS).containsOnlyKeys(Signature.required().toArray(Signature[]::new));
        STEPS.forEach((stage, steps) -> steps.forEach(step -> {
            Map<String, Set<String>> operations = StepRecords.operations(step, stage.key() + "/");
            assertThat(operations).as(stage.key()).containsOnlyKeys(MODULES.get(stage.key()));
            assertThat(operations.values().iterator().next().size()).as(stage.key()).isGreaterThan(10);
        }));
    }

    /** The embedding of words has two users: it is with the first, where its rows are gathered for both. */
    @Test
    void weightsAreWithTheFirstModuleThatUsesThem() {
        STEPS.forEach((stage, steps) -> steps.forEach(step -> {
            Map<String, Set<String>> variables = StepRecords.operations(step, "variables/");
            if (stage == Signature.REASON) {
                assertThat(variables).containsOnlyKeys("cpu:2", "cpu:3");
                assertThat(variables.get("cpu:2"))
                        .allMatch(name -> name.contains("embed_tokens") || name.matches("variables/(ResourceGather|Cast).*"));
            } else if (stage != Signature.RESOLVE_MASKS) {
                assertThat(variables).as(stage.key()).containsOnlyKeys(MODULES.get(stage.key()));
            }
        }));
    }

    @Test
    void resultsAreTheSameToTheBit() throws IOException {
        List<Segmentation> expected = segment(plain, CancellationToken.NONE);
        for (int i = 0; i < INSTRUCTIONS.size(); i++) {
            assertThat(answers.get(i).candidates()).hasSize(10).isEqualTo(expected.get(i).candidates());
        }
        try (SegmentationModel elsewhere = SegmentationModel.load(TestModel.directory(), Placement.of("cpu:1"), OPTIONS)) {
            assertThat(segment(elsewhere, CancellationToken.NONE).get(1).candidates())
                    .isEqualTo(expected.get(1).candidates());
        }
    }

    /**
     * What a step takes and gives: handles, bytes, ids and sizes in; handles and whether their tensors are finite, and in the
     * end scores and masks, out.
     */
    @Test
    void nothingCrossedTheHostBetweenStages() {
        STEPS.forEach((stage, steps) -> steps.forEach(step -> {
            Set<DataType> taken = StepRecords.types(step, "_Arg");
            assertThat(taken).as(stage.key()).isNotEmpty()
                    .isSubsetOf(DataType.DT_STRING, DataType.DT_UINT8, DataType.DT_INT32);
            if (stage == Signature.RESOLVE_MASKS) {
                assertThat(StepRecords.types(step, "_Retval")).isSubsetOf(DataType.DT_FLOAT, DataType.DT_UINT8,
                        DataType.DT_BOOL);
            } else {
                assertThat(StepRecords.types(step, "_Retval")).as(stage.key()).containsExactlyInAnyOrder(DataType.DT_STRING,
                        DataType.DT_BOOL);
            }
        }));
    }

    /** Within a step, tensors go from the device that has them to the one that needs them. */
    @Test
    void tensorsWentFromDeviceToDevice() {
        assertThat(StepRecords.sent(STEPS.get(Signature.DECODE_PIXELS), "cpu:2", "cpu:3")).contains(DataType.DT_FLOAT);
        assertThat(StepRecords.sent(STEPS.get(Signature.PERCEIVE), "cpu:1", "cpu:2")).contains(DataType.DT_FLOAT);
        STEPS.get(Signature.PERCEIVE).forEach(
                step -> assertThat(StepRecords.operations(step, "session_tensors/patches/")).containsOnlyKeys("cpu:1"));
        for (Signature stage : Signature.required()) {
            for (String device : List.of("cpu:1", "cpu:2", "cpu:3")) {
                assertThat(StepRecords.sent(STEPS.get(stage), "cpu:0", device)).as(stage.key())
                        .doesNotContain(DataType.DT_FLOAT);
                if (stage != Signature.RESOLVE_MASKS) {
                    assertThat(StepRecords.sent(STEPS.get(stage), device, "cpu:0")).as(stage.key())
                            .isSubsetOf(DataType.DT_STRING, DataType.DT_BOOL);
                }
            }
        }
    }

    @Test
    void everyTensorIsFreedAfterSuccessCancellationAndFailure() throws IOException {
        assertThat(spread.session().keptTensors()).isZero();
        for (int stages = 1; stages < Signature.required().size(); stages++) {
            AtomicInteger left = new AtomicInteger(stages);
            CancellationToken cancelled = () -> left.getAndDecrement() <= 0;
            assertThatThrownBy(() -> segment(spread, cancelled)).isInstanceOf(CancellationException.class);
            assertThat(spread.session().keptTensors()).as("cancelled after " + stages + " stages").isZero();
        }
        for (Signature stage : Signature.required()) {
            spread.session().trace((running, step) -> {
                if (running == stage) {
                    throw new IllegalStateException("made up");
                }
            });
            assertThatThrownBy(() -> segment(spread, CancellationToken.NONE)).isInstanceOf(StageException.class);
            assertThat(spread.session().keptTensors()).as("failed in " + stage).isZero();
        }
        spread.session().trace(null);
        spread.warmUp(CancellationToken.NONE);
        assertThat(spread.session().keptTensors()).isZero();
    }

    /** What prefill leaves on its device is read by each token's step from there. */
    @Test
    void wordsAreTheSameAndTheirTensorsAreFreed() throws IOException {
        try (TextGeneration expected = ask(plain, CancellationToken.NONE)) {
            try (TextGeneration words = ask(spread, CancellationToken.NONE)) {
                for (Optional<String> piece = words.next(); piece.isPresent(); piece = words.next()) {
                    assertThat(piece).isEqualTo(expected.next());
                }
                assertThat(expected.next()).isEmpty();
                assertThat(words.ids()).hasSize(5).isEqualTo(expected.ids());
                assertThat(spread.session().keptTensors()).as("at the end, before it is closed").isZero();
            }
        }
        TextGeneration closed = ask(spread, CancellationToken.NONE);
        closed.next();
        assertThat(spread.session().keptTensors()).as("prefix and tail").isGreaterThanOrEqualTo(2);
        closed.close();
        closed.close();
        assertThat(spread.session().keptTensors()).isZero();
        ask(spread, CancellationToken.NONE).close();
        for (int stages = 0; stages < 6; stages++) {
            AtomicInteger left = new AtomicInteger(stages);
            TextGeneration cancelled = ask(spread, () -> left.getAndDecrement() <= 0);
            assertThatThrownBy(() -> readAll(cancelled)).isInstanceOf(CancellationException.class);
            assertThat(spread.session().keptTensors()).as("cancelled after " + stages + " stages").isZero();
        }
        for (Signature stage : List.of(Signature.ENCODE_VISION, Signature.PREFILL, Signature.DECODE)) {
            spread.session().trace((running, step) -> {
                if (running == stage) {
                    throw new IllegalStateException("made up");
                }
            });
            TextGeneration failing = ask(spread, CancellationToken.NONE);
            assertThatThrownBy(() -> readAll(failing)).isInstanceOf(StageException.class);
            assertThat(spread.session().keptTensors()).as("failed in " + stage).isZero();
        }
        spread.session().trace(null);
    }

    @Test
    void explanationsAreTheSameAndTheirTensorsAreFreed() throws IOException {
        SegmentationOptions options = new SegmentationOptions(Candidates.ALL, 0)
                .withExplanation(GenerationOptions.DEFAULT.withMaxTokens(3));
        List<Instruction> reasoning = INSTRUCTIONS.subList(1, 2);
        Segmentation expected = plain.segment(PICTURE, reasoning, options, CancellationToken.NONE).get(0);
        Segmentation own = spread.segment(PICTURE, reasoning, options, CancellationToken.NONE).get(0);
        assertThat(own.explanation()).isEqualTo(expected.explanation()).isPresent();
        assertThat(own.candidates()).isEqualTo(expected.candidates());
        // each once, decode twice
        for (int after = 3; after <= own.timings().size(); after++) {
            AtomicInteger left = new AtomicInteger(after);
            assertThatThrownBy(() -> spread.segment(PICTURE, reasoning, options, () -> left.getAndDecrement() <= 0))
                    .isInstanceOf(CancellationException.class);
            assertThat(spread.session().keptTensors()).as("cancelled after " + after + " stages").isZero();
        }
    }

    private static TextGeneration ask(SegmentationModel model, CancellationToken cancellation) throws IOException {
        return model.answer(Optional.of(PICTURE), Conversation.of("What is red?"), GenerationOptions.DEFAULT.withMaxTokens(5),
                cancellation);
    }

    private static void readAll(TextGeneration words) {
        while (words.next().isPresent()) {
            // the text is compared elsewhere
        }
    }

    @Test
    void aFreedTensorIsGone() throws IOException {
        ModelSession session = ModelSession.load(TestModel.directory(), Placement.of("cpu:1"), OPTIONS);
        Activations late;
        try (session) {
            Activations vision = encode(session);
            Activation patches = vision.get("patches");
            assertThat(patches.shape()).containsExactly(1, 36, 104);
            assertThat(session.keptTensors()).isEqualTo(1);
            HostTensor own = patches.toHost();
            HostTensor expected = plain.session().run(Signature.ENCODE_VISION, Map.of("pixels", pixels()), List.of("patches"))
                    .get("patches");
            assertThat(own.floats()).containsExactly(expected.floats());
            vision.close();
            vision.close();
            assertThat(session.keptTensors()).isZero();
            assertThatThrownBy(patches::toHost).isExactlyInstanceOf(StageException.class)
                    .hasMessageStartingWith("stage encode_vision failed: ");
            late = encode(session);
        }
        // it went with the session
        late.close();
    }

    /** As verify does. */
    @Test
    void takesTensorsBetweenStagesFromTheHostToo() {
        HostTensor patches = plain.session()
                .run(Signature.ENCODE_VISION, Map.of("pixels", pixels()), List.of("patches")).get("patches");
        Map<String, HostTensor> inputs = Map.of("patches", patches, "instruction_ids",
                HostTensor.ints(new int[] { 5, 6 }, 1, 2),
                "instruction_lengths", HostTensor.ints(new int[] { 2 }, 1));
        float[] own = spread.session().run(Signature.PERCEIVE, inputs, List.of("perceived")).get("perceived").floats();
        assertThat(own).containsExactly(
                plain.session().run(Signature.PERCEIVE, inputs, List.of("perceived")).get("perceived").floats());
        assertThat(spread.session().has(Signature.ENCODE_VISION, "layer.0")).isTrue();
    }

    @Test
    void aTensorOfAnotherNameHasToPassTheHost() {
        try (Activations vision = encode(spread.session())) {
            assertThatThrownBy(() -> spread.session().runStage(Signature.FUSE, Map.of("res5", vision.get("patches")),
                    List.of("score_embedding"))).isExactlyInstanceOf(StageException.class)
                    .hasMessage("stage fuse failed: input res5 can't take patches where a stage left it, only from the host");
        }
    }

    @Test
    void somebodyElsesModelIsPlacedAsAWhole() throws IOException {
        Path model = TestModel.edited(directory, graph -> ForeignModel.rename(graph, "encode_vision/", "tower/"));
        assertThatThrownBy(() -> ModelSession.load(model, Placement.of("auto", MODULES), OPTIONS))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessage("only a model that 'instructseg convert' wrote can have modules on different devices: signature "
                        + "encode_vision of this one gives tower/patches:0, which is not in its scope; place the whole model "
                        + "on one device");
        try (SegmentationModel whole = SegmentationModel.load(model, Placement.of("cpu:2"), OPTIONS)) {
            Map<Signature, RunMetadata> steps = new EnumMap<>(Signature.class);
            whole.session().trace(steps::put);
            assertThat(segment(whole, CancellationToken.NONE).get(0).candidates()).isEqualTo(answers.get(0).candidates());
            assertThat(StepRecords.operations(steps.get(Signature.ENCODE_VISION), "tower/")).containsOnlyKeys("cpu:2");
        }
    }

    /** Two signatures of somebody else's model can read the same placeholder. */
    @Test
    void sharedPlaceholdersAreSharedTensors() throws IOException {
        Path model = TestModel.edited(directory, graph -> ForeignModel.redirect(graph, "reason/patches", "perceive/patches"));
        try (SegmentationModel shared = SegmentationModel.load(model, Placement.of("cpu:1"), OPTIONS)) {
            assertThat(segment(shared, CancellationToken.NONE).get(0).candidates()).isEqualTo(answers.get(0).candidates());
        }
    }

    @Test
    void inputsThatAreNoPlaceholdersAreRefused() throws IOException {
        Path model = TestModel.edited(directory,
                graph -> ForeignModel.redirect(graph, "reason/patches", "encode_vision/patches"));
        assertThatThrownBy(() -> ModelSession.load(model, Placement.of("cpu:1"), OPTIONS))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessage("signature reason takes patches by encode_vision/patches:0, a Identity, expected a placeholder for "
                        + "it alone");
    }

    @Test
    void namesOutputsThatTheGraphHasNot() throws IOException {
        Path model = TestModel.edited(directory, graph -> {
            SignatureDef.Builder perceive = graph.getSignatureDefOrThrow("perceive").toBuilder();
            TensorInfo output = perceive.getOutputsOrThrow("perceived");
            perceive.putOutputs("perceived", output.toBuilder().setName("nowhere/perceived:0").build());
            graph.putSignatureDef("perceive", perceive.build());
        });
        assertThatThrownBy(() -> ModelSession.load(model, Placement.of("cpu:1"), OPTIONS))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("perceive: the graph has no DT_FLOAT tensor 'nowhere/perceived:0'");
    }

    @Test
    void damagedWeightsAreRefused() throws IOException {
        Files.write(TestModel.copy(directory).resolve("variables/variables.data-00000-of-00001"), new byte[10]);
        assertThatThrownBy(() -> ModelSession.load(directory, Placement.of("cpu:1"), OPTIONS))
                .isExactlyInstanceOf(ModelException.class).hasMessageStartingWith(directory + " can't be loaded: ");
    }

    @Test
    void devicesAreCheckedBeforeWeightsAreRead() {
        assertThatThrownBy(() -> ModelSession.load(TestModel.directory(), Placement.of("cpu:4"), OPTIONS))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessage("there is no device cpu:4, TensorFlow has cpu:0, cpu:1, cpu:2, cpu:3");
    }

    private static Activations encode(ModelSession session) {
        try (Activation pixels = Activation.of(pixels())) {
            return session.runStage(Signature.ENCODE_VISION, Map.of("pixels", pixels), List.of("patches"));
        }
    }

    private static HostTensor pixels() {
        byte[] pixels = new byte[60 * 60 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 7);
        }
        return HostTensor.bytes(pixels, 1, 60, 60, 3);
    }

    private static List<Segmentation> segment(SegmentationModel model, CancellationToken cancellation) throws IOException {
        return model.segment(PICTURE, INSTRUCTIONS, new SegmentationOptions(Candidates.ALL, 0), cancellation);
    }

    private static DecodedImage picture() {
        byte[] pixels = new byte[90 * 60 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * i / 97);
        }
        return new DecodedImage(new RgbImage(90, 60, pixels), false);
    }
}
