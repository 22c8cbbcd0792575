package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.SignatureDef;

import io.instructseg.format.Precision;
import io.instructseg.format.Signature;

/** Prefill and decode, which a model may lack, and which run where reason does. */
class PlacedWordsTest {

    private static final int[] WORDS = { 7, 70, 107, 7 };
    private static final AttrValue FLOAT = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
    private static final AttrValue BFLOAT16 = AttrValue.newBuilder().setType(DataType.DT_BFLOAT16).build();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void theCacheStaysOnReasonsDevice(Precision precision) throws IOException {
        Path model = TestModel.directory("model-b", precision);
        List<float[]> expected;
        try (ModelSession plain = ModelSession.load(model)) {
            assertThat(plain.offers(Signature.PREFILL)).isTrue();
            assertThat(plain.size("V")).isEqualTo(640);
            expected = logits(plain);
        }
        Placement spread = Placement.of("cpu:0", Map.of("perceive", "cpu:2", "reason", "cpu:1"));
        List<RunMetadata> steps = new ArrayList<>();
        try (ModelSession placed = ModelSession.load(model, spread, TensorFlowOptions.logicalCpus(3))) {
            assertThat(placed.devices()).containsEntry(Signature.PREFILL, Device.of("cpu:1"))
                    .containsEntry(Signature.DECODE, Device.of("cpu:1"));
            placed.trace((stage, step) -> {
                assertThat(StepRecords.operations(step, stage.key() + "/")).containsOnlyKeys("cpu:1");
                steps.add(step);
            });
            List<float[]> found = logits(placed);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(found.get(i)).containsExactly(expected.get(i));
            }
            assertThat(placed.keptTensors()).isZero();
        }
        steps.forEach(PlacedWordsTest::assertWeightsAreThereToo);
        // of the last step, only ids come from the host, and logits go there, and whether numbers are finite
        RunMetadata last = steps.get(steps.size() - 1);
        assertThat(StepRecords.types(last, "_Arg")).containsExactlyInAnyOrder(DataType.DT_STRING, DataType.DT_INT32);
        assertThat(StepRecords.types(last, "_Retval")).containsExactlyInAnyOrder(DataType.DT_STRING, DataType.DT_FLOAT,
                DataType.DT_BOOL);
    }

    /** All but the words' embedding, which is perceive's, too, and of which a few rows are needed. */
    private static void assertWeightsAreThereToo(RunMetadata step) {
        Map<String, Set<String>> variables = StepRecords.operations(step, "variables/");
        assertThat(variables).containsOnlyKeys("cpu:1", "cpu:2");
        assertThat(variables.get("cpu:2"))
                .allMatch(name -> name.contains("embed_tokens") || name.matches("variables/(ResourceGather|Cast).*"));
        assertThat(variables.get("cpu:1")).anyMatch(name -> name.contains("lm_head"));
    }

    /** As an earlier version converted it: its keys and values are float32, whatever its precision. */
    @Test
    void theCacheOfEarlierModelsIsFloat32() throws IOException {
        Path earlier = TestModel.edited(Precision.BFLOAT16, directory, PlacedWordsTest::widenCache);
        assertThat(ModelDescription.read(earlier).tokenBytes())
                .isEqualTo(2 * ModelDescription.read(TestModel.directory("model-b", Precision.BFLOAT16)).tokenBytes());
        try (ModelSession plain = ModelSession.load(TestModel.directory("model-b", Precision.BFLOAT16));
                ModelSession session = ModelSession.load(earlier)) {
            List<float[]> expected = logits(plain);
            List<float[]> found = logits(session);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(found.get(i)).containsExactly(expected.get(i));
            }
        }
    }

    /** Casts where keys and values enter and leave. */
    private static void widenCache(MetaGraphDef.Builder model) {
        for (Signature stage : List.of(Signature.PREFILL, Signature.DECODE)) {
            SignatureDef.Builder definition = model.getSignatureDefOrThrow(stage.key()).toBuilder();
            Map.copyOf(definition.getInputsMap()).forEach((name, tensor) -> {
                if (tensor.getDtype() == DataType.DT_BFLOAT16) {
                    String node = TensorNames.node(tensor.getName());
                    String cast = stage.key() + "/" + Signature.CACHE_SCOPE + "/given_" + name;
                    ForeignModel.redirect(model, node, cast);
                    node(model, node).putAttr("dtype", FLOAT);
                    model.getGraphDefBuilder().addNode(cast(cast, node, BFLOAT16, FLOAT));
                    definition.putInputs(name, tensor.toBuilder().setDtype(DataType.DT_FLOAT).build());
                }
            });
            Map.copyOf(definition.getOutputsMap()).forEach((name, tensor) -> {
                if (tensor.getDtype() == DataType.DT_BFLOAT16) {
                    String cast = stage.key() + "/" + Signature.CACHE_SCOPE + "/added_" + name;
                    NodeDef.Builder node = node(model, TensorNames.node(tensor.getName()));
                    model.getGraphDefBuilder().addNode(cast(cast, node.getInput(0), FLOAT, BFLOAT16));
                    node(model, node.getName()).setInput(0, cast).putAttr("T", FLOAT);
                    definition.putOutputs(name, tensor.toBuilder().setDtype(DataType.DT_FLOAT).build());
                }
            });
            model.putSignatureDef(stage.key(), definition.build());
        }
    }

    private static NodeDef.Builder node(MetaGraphDef.Builder model, String name) {
        return model.getGraphDefBuilder().getNodeBuilderList().stream().filter(node -> node.getName().equals(name))
                .findFirst().orElseThrow();
    }

    private static NodeDef cast(String name, String input, AttrValue to, AttrValue from) {
        return NodeDef.newBuilder().setOp("Cast").setName(name).addInput(input).putAttr("SrcT", from).putAttr("DstT", to)
                .build();
    }

    @Test
    void keysAndValuesInHalfPrecisionCantPassTheHost() throws IOException {
        try (ModelSession session = ModelSession.load(TestModel.directory("model-b", Precision.BFLOAT16))) {
            assertThatThrownBy(() -> session.run(Signature.PREFILL, Map.of(), List.of("prefix_keys")))
                    .isExactlyInstanceOf(StageException.class)
                    .hasMessageContaining("prefix_keys is DT_BFLOAT16, which can't pass the host");
            assertThatThrownBy(() -> session.run(Signature.DECODE,
                    Map.of("keys", HostTensor.floats(new float[0], 4, 1, 4, 0, 26)), List.of("logits")))
                    .isExactlyInstanceOf(StageException.class)
                    .hasMessageContaining("keys is DT_BFLOAT16, which can't pass the host");
        }
    }

    @Test
    void aModelWithoutWordsLoads() throws IOException {
        Path model = TestModel.edited(directory, graph -> graph.removeSignatureDef("prefill").removeSignatureDef("decode"));
        try (ModelSession session = ModelSession.load(model, Placement.of("cpu:1"), TensorFlowOptions.logicalCpus(2))) {
            assertThat(session.devices().keySet()).isEqualTo(Signature.required());
            assertThat(session.offers(Signature.REASON)).isTrue();
            assertThat(session.offers(Signature.DECODE)).isFalse();
            assertThat(session.has(Signature.DECODE, "logits")).isFalse();
            assertThatThrownBy(() -> logits(session)).isExactlyInstanceOf(StageException.class)
                    .hasMessageContaining("the model has no signature prefill: its checkpoint has no lm_head.weight");
        }
    }

    @Test
    void oneOfTheTwoIsNotEnough() throws IOException {
        Path model = TestModel.edited(directory, graph -> graph.removeSignatureDef("decode"));
        assertThatThrownBy(() -> ModelDescription.read(model)).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("no signature decode");
    }

    /** Of each step, the first of which has a prompt without placeholders. */
    private static List<float[]> logits(ModelSession session) {
        List<float[]> all = new ArrayList<>();
        int width = session.size("D");
        Map<String, Activation> prompt = new HashMap<>();
        prompt.put("prompt_ids", Activation.of(HostTensor.ints(WORDS, 1, WORDS.length)));
        prompt.put("prompt_lengths", Activation.of(HostTensor.ints(new int[] { WORDS.length }, 1)));
        prompt.put("instruction_ids", Activation.of(HostTensor.ints(new int[1], 1, 1)));
        prompt.put("instruction_lengths", Activation.of(HostTensor.ints(new int[1], 1)));
        prompt.put("patches", zeros(1, session.size("P"), width));
        prompt.put("perceived", zeros(1, session.size("L"), width));
        try (Activations closed = new Activations(prompt);
                Activations prefix = session.runStage(Signature.PREFILL, prompt,
                        List.of("logits", "prefix_keys", "prefix_values"))) {
            all.add(prefix.get("logits").toHost().floats());
            Activations tail = null;
            for (int word : WORDS) {
                Activations grown = decode(session, word, prefix, tail);
                if (tail != null) {
                    tail.close();
                }
                tail = grown;
                all.add(tail.get("logits").toHost().floats());
            }
            assertThat(tail.get("keys").shape()).containsExactly(4, 1, 4, WORDS.length, 26);
            tail.close();
        }
        return all;
    }

    private static Activations decode(ModelSession session, int word, Activations prefix, Activations tail) {
        try (Activation id = Activation.of(HostTensor.ints(new int[] { word }, 1, 1));
                Activation none = session.empty(Signature.DECODE, "keys", session.size("N"), 1, session.size("A"), 0,
                        session.size("E"))) {
            return session.runStage(Signature.DECODE,
                    Map.of("token_ids", id, "prefix_keys", prefix.get("prefix_keys"), "prefix_values",
                            prefix.get("prefix_values"), "keys", tail == null ? none : tail.get("keys"), "values",
                            tail == null ? none : tail.get("values")),
                    List.of("logits", "keys", "values"));
        }
    }

    private static Activation zeros(long... shape) {
        int elements = 1;
        for (long size : shape) {
            elements = Math.toIntExact(elements * size);
        }
        return Activation.of(HostTensor.floats(new float[elements], shape));
    }
}
