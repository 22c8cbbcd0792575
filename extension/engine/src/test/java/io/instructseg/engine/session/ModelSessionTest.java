package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

import io.instructseg.format.Signature;

class ModelSessionTest {

    private static final List<String> QUERY_TENSORS = List.of("query_states", "mask_logits", "seg_logits");

    private static ModelSession session;

    @TempDir
    Path directory;

    @BeforeAll
    static void load() throws IOException {
        session = ModelSession.load(TestModel.directory());
    }

    @AfterAll
    static void close() {
        session.close();
    }

    @Test
    void knowsItsSizes() {
        assertThat(session.size("S")).isEqualTo(96);
        assertThat(session.size("CLIP")).isEqualTo(60);
        assertThat(session.size("P")).isEqualTo(36);
        assertThat(session.size("Q")).isEqualTo(10);
        assertThatThrownBy(() -> session.size("b")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the model does not state the size of b");
    }

    @Test
    void runsASignature() {
        Map<String, HostTensor> outputs = session.run(Signature.ENCODE_VISION, Map.of("pixels", pixels(2, 60)),
                List.of("patches"));
        assertThat(outputs.get("patches").shape()).containsExactly(2, 36, 104);
        assertThat(session.has(Signature.ENCODE_VISION, "patches")).isTrue();
        assertThat(session.has(Signature.ENCODE_VISION, "layer.0")).isTrue();
        assertThat(session.has(Signature.ENCODE_VISION, "res2")).isFalse();
    }

    @Test
    void recordsTheOperationsOfAStep() {
        List<OperationRun> recorded = new ArrayList<>();
        session.traceOperations((stage, step) -> {
            assertThat(stage).isEqualTo(Signature.ENCODE_VISION);
            recorded.addAll(step);
        });
        session.run(Signature.ENCODE_VISION, Map.of("pixels", pixels(1, 60)), List.of("patches"));
        session.traceOperations(null);
        int operations = recorded.size();
        session.run(Signature.ENCODE_VISION, Map.of("pixels", pixels(1, 60)), List.of("patches"));
        assertThat(recorded).hasSize(operations).allMatch(run -> run.start() > 0 && run.end() >= run.start());
        assertThat(recorded).extracting(OperationRun::type).anyMatch(type -> type.contains("MatMul"))
                .noneMatch(type -> type.contains("/") || type.contains("="));
        assertThat(recorded).extracting(OperationRun::name).anyMatch(name -> name.startsWith("encode_vision/"));
    }

    @Test
    void namesWhatDoesNotFitARun() {
        assertRefused(Map.of("pixels", pixels(1, 61)), "patches",
                "input pixels has shape [1, 61, 61, 3], expected [-1, 60, 60, 3]");
        assertRefused(Map.of("pixels", HostTensor.bytes(new byte[10800], 60, 60, 3)), "patches",
                "input pixels has shape [60, 60, 3], expected [-1, 60, 60, 3]");
        assertRefused(Map.of("pixels", HostTensor.floats(new float[10800], 1, 60, 60, 3)), "patches", "uint8");
        assertRefused(Map.of("pixels", pixels(1, 60), "picture", pixels(1, 60)), "patches", "it takes no input picture");
        assertRefused(Map.of("pixels", pixels(1, 60)), "res2", "it gives no tensor res2");
        assertRefused(Map.of(), "patches", "pixels");
    }

    @Test
    void aTensorHasTheElementsOfItsShape() {
        assertThatThrownBy(() -> HostTensor.floats(new float[5], 2, 3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape [2, 3] of FLOAT32 has 24 bytes, found 20");
        assertThatThrownBy(() -> HostTensor.ints(new int[1], 1).floats()).isInstanceOf(IllegalStateException.class);
        assertThat(HostTensor.ints(new int[] { 7 }).ints()).containsExactly(7);
    }

    /** Not even those that what the engine adds would have. */
    @Test
    void namesOfAGraphAreItsOwnAffair() throws IOException {
        Path model = TestModel.edited(directory,
                graph -> List.of("Const", "Reshape", "Sum", "Sum_1", "finite.encode_vision.patches")
                        .forEach(name -> graph.getGraphDefBuilder().addNodeBuilder().setName(name).setOp("NoOp")));
        try (ModelSession named = ModelSession.load(model)) {
            Map<String, HostTensor> pixels = Map.of("pixels", pixels(2, 60));
            assertThat(named.run(Signature.ENCODE_VISION, pixels, List.of("patches")).get("patches").floats())
                    .isEqualTo(session.run(Signature.ENCODE_VISION, pixels, List.of("patches")).get("patches").floats());
        }
    }

    @Test
    void namesAllThatIsWrongWithTheSignatures() throws IOException {
        Path model = TestModel.edited(directory, graph -> {
            graph.removeSignatureDef("fuse");
            change(graph, Signature.ENCODE_VISION, definition -> definition.putInputs("image",
                    definition.getInputsOrThrow("pixels")).removeInputs("pixels").removeOutputs("patches"));
            change(graph, Signature.DECODE_MASKS, definition -> definition.putOutputs("mask_logits",
                    definition.getOutputsOrThrow("mask_logits").toBuilder().setDtype(DataType.DT_HALF).build()));
            change(graph, Signature.PERCEIVE, definition -> definition.putOutputs("perceived", sized(definition
                    .getOutputsOrThrow("perceived"), -1, 9, 105)));
            change(graph, Signature.ENCODE_BACKBONE, definition -> definition.putInputs("pixels", sized(definition
                    .getInputsOrThrow("pixels"), -1, 1L << 40, 96, 4)).putOutputs("res5", sized(definition
                            .getOutputsOrThrow("res5"), 0, 3, 3)));
        });
        assertThatThrownBy(() -> ModelSession.load(model)).isExactlyInstanceOf(ModelException.class)
                .hasMessageStartingWith("the SavedModel's signatures are not InstructSeg's:")
                .hasMessageContaining("no signature fuse")
                .hasMessageContaining("encode_vision: input pixels is missing, found [image]")
                .hasMessageContaining("encode_vision: output patches is missing, found []")
                .hasMessageContaining("decode_masks: output mask_logits is DT_HALF, expected DT_FLOAT")
                .hasMessageContaining("perceive: output perceived has size 105 on axis D, expected 104")
                .hasMessageContaining("encode_backbone: input pixels has size 1099511627776 on axis S, expected 1 to")
                .hasMessageContaining("encode_backbone: input pixels has size 4 on axis 3, expected 3")
                .hasMessageContaining("encode_backbone: output res5 has 3 axes, expected [b, S32, S32, C5]")
                .hasMessageContaining("no signature states the size of axis CLIP");
        assertThatThrownBy(() -> ModelDescription.read(model)).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("no signature fuse");
    }

    /** The model's precision, or float32 as earlier versions of the converter had it. */
    @Test
    void keysAndValuesHaveOneType() throws IOException {
        Path model = TestModel.edited(directory, graph -> {
            change(graph, Signature.PREFILL, definition -> definition.putOutputs("prefix_keys",
                    definition.getOutputsOrThrow("prefix_keys").toBuilder().setDtype(DataType.DT_INT32).build()));
            change(graph, Signature.DECODE, definition -> definition.putInputs("values",
                    definition.getInputsOrThrow("values").toBuilder().setDtype(DataType.DT_BFLOAT16).build()));
        });
        assertThatThrownBy(() -> ModelSession.load(model)).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining(
                        "prefill: output prefix_keys is DT_INT32, expected DT_FLOAT or DT_BFLOAT16 or DT_HALF")
                .hasMessageContaining("decode: input values is DT_BFLOAT16, expected DT_FLOAT");
    }

    @Test
    void refusesAnEnormousImageSize() throws IOException {
        Path model = TestModel.edited(directory, graph -> change(graph, Signature.ENCODE_BACKBONE,
                definition -> definition.putInputs("pixels",
                        sized(definition.getInputsOrThrow("pixels"), -1, 50000, 50000, 3))));
        assertThatThrownBy(() -> ModelDescription.read(model)).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("axis S has size 50000, expected at most 4096");
    }

    @Test
    void refusesAnUnknownNumberOfQueries() throws IOException {
        Path model = TestModel.edited(directory, graph -> {
            change(graph, Signature.REASON, definition -> definition.putOutputs("query_states",
                    sized(definition.getOutputsOrThrow("query_states"), -1, -1, 104)));
            for (Signature stage : List.of(Signature.DECODE_MASKS, Signature.RESOLVE_MASKS)) {
                change(graph, stage, ModelSessionTest::forgetQueries);
            }
        });
        assertThatThrownBy(() -> ModelDescription.read(model)).isExactlyInstanceOf(ModelException.class)
                .hasMessage("the SavedModel's signatures are not InstructSeg's:\n  no signature states the size of axis Q");
    }

    private static void forgetQueries(SignatureDef.Builder definition) {
        definition.getInputsMap().keySet().stream().filter(QUERY_TENSORS::contains).toList()
                .forEach(name -> definition.putInputs(name, shapeless(definition.getInputsOrThrow(name))));
        definition.getOutputsMap().keySet().stream().filter(QUERY_TENSORS::contains).toList()
                .forEach(name -> definition.putOutputs(name, shapeless(definition.getOutputsOrThrow(name))));
    }

    private static TensorInfo shapeless(TensorInfo tensor) {
        return tensor.toBuilder().setTensorShape(TensorShapeProto.newBuilder().setUnknownRank(true)).build();
    }

    @Test
    void namesOutputsThatTheGraphHasNot() throws IOException {
        Path model = TestModel.edited(directory, graph -> {
            rename(graph, Signature.FUSE, "score_embedding", "nowhere/res5:0");
            rename(graph, Signature.PERCEIVE, "perceived", "");
            rename(graph, Signature.DECODE_MASKS, "mask_logits", "decode_masks/mask_logits:1");
            rename(graph, Signature.DECODE_MASKS, "seg_logits", "decode_masks/seg_logits:x");
            rename(graph, Signature.RESOLVE_MASKS, "masks", "resolve_masks/scores:0");
        });
        assertThatThrownBy(() -> ModelSession.load(model)).isExactlyInstanceOf(ModelException.class)
                .hasMessage("""
                        the SavedModel's signatures don't fit its graph:
                          perceive: the graph has no DT_FLOAT tensor ''
                          fuse: the graph has no DT_FLOAT tensor 'nowhere/res5:0'
                          decode_masks: the graph has no DT_FLOAT tensor 'decode_masks/mask_logits:1'
                          decode_masks: the graph has no DT_FLOAT tensor 'decode_masks/seg_logits:x'
                          resolve_masks: the graph has no DT_UINT8 tensor 'resolve_masks/scores:0'""");
    }

    @Test
    void refusesInputsThatTheGraphHasNot() throws IOException {
        Path model = TestModel.edited(directory, graph -> change(graph, Signature.FUSE, definition -> definition
                .putInputs("res5", named(definition.getInputsOrThrow("res5"), "nowhere/res5:0"))));
        assertThatThrownBy(() -> ModelSession.load(model)).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("nowhere/res5:0");
    }

    @Test
    void loadingAndClosingLeavesNothing() throws IOException {
        long before = 0;
        for (int i = 0; i < 5; i++) {
            ModelSession loaded = ModelSession.load(TestModel.directory());
            loaded.run(Signature.ENCODE_VISION, Map.of("pixels", pixels(1, 60)), List.of("patches"));
            loaded.close();
            assertThatThrownBy(() -> loaded.run(Signature.ENCODE_VISION, Map.of("pixels", pixels(1, 60)), List.of("patches")))
                    .isExactlyInstanceOf(StageException.class).hasMessageContaining("encode_vision")
                    .hasMessageContaining("close");
            assertThatCode(loaded::close).doesNotThrowAnyException();
            System.gc();
            // allocators warm up first
            before = i == 1 ? Pointer.physicalBytes() : before;
        }
        // weights, graph and definitions of a model that stayed are some 30 MB
        assertThat(Pointer.physicalBytes() - before).isLessThan(64L << 20);
    }

    private static void assertRefused(Map<String, HostTensor> inputs, String output, String message) {
        assertThatThrownBy(() -> session.run(Signature.ENCODE_VISION, inputs, List.of(output)))
                .isExactlyInstanceOf(StageException.class).hasMessageStartingWith("stage encode_vision failed: ")
                .hasMessageContaining(message);
    }

    private static HostTensor pixels(int rows, int side) {
        return HostTensor.bytes(new byte[rows * side * side * 3], rows, side, side, 3);
    }

    private static void change(MetaGraphDef.Builder graph, Signature signature, Consumer<SignatureDef.Builder> change) {
        SignatureDef.Builder definition = graph.getSignatureDefOrThrow(signature.key()).toBuilder();
        change.accept(definition);
        Map<String, SignatureDef> changed = new HashMap<>();
        changed.put(signature.key(), definition.build());
        graph.putAllSignatureDef(changed);
    }

    private static void rename(MetaGraphDef.Builder graph, Signature signature, String output, String name) {
        change(graph, signature,
                definition -> definition.putOutputs(output, named(definition.getOutputsOrThrow(output), name)));
    }

    private static TensorInfo named(TensorInfo tensor, String name) {
        return tensor.toBuilder().setName(name).build();
    }

    private static TensorInfo sized(TensorInfo tensor, long... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : sizes) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        return tensor.toBuilder().setTensorShape(shape).build();
    }
}
