package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

import com.google.protobuf.ByteString;

/** Progress, its end, and what does not fit. */
class LoadingTest {

    private static final long MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void tellsHowFarItIs() throws IOException {
        long total = ModelDescription.read(TestModel.directory()).variables().stream()
                .mapToLong(ModelDescription.Variable::bytes).sum();
        List<Long> told = new ArrayList<>();
        ModelSession.load(TestModel.directory(), LoadOptions.DEFAULT, (done, all) -> {
            assertThat(all).isEqualTo(total);
            told.add(done);
        }).close();
        assertThat(told).isSorted().startsWith(0L).endsWith(total);
        assertThat(MemoryPromise.open()).isZero();
    }

    @Test
    void canBeEnded() {
        assertThatThrownBy(() -> ModelSession.load(TestModel.directory(), LoadOptions.DEFAULT, (done, all) -> {
            throw new CancellationException("nobody waits");
        })).isExactlyInstanceOf(CancellationException.class).hasMessage("nobody waits");
        assertThat(MemoryPromise.open()).isZero();
    }

    /** With weights of 64 MiB behind its own, each of which is a part. */
    @Test
    void canBeEndedBetweenTwoPartsWhichAreFreed() throws IOException {
        TestModel.edited(directory, model -> addLargeWeights(model, 3));
        endInTheMiddle();
        long before = Pointer.physicalBytes();
        int rounds = 8;
        for (int i = 0; i < rounds; i++) {
            endInTheMiddle();
        }
        // if nothing were freed, all that was loaded would be there; the allocator keeps some
        long loaded = rounds * 2 * 64 * MIB;
        assertThat(Pointer.physicalBytes() - before).isLessThan(loaded / 2);
        assertThat(MemoryPromise.open()).isZero();
    }

    /** After two of the large weights, which are copied: what is mapped comes after them. */
    private void endInTheMiddle() {
        List<Long> told = new ArrayList<>();
        assertThatThrownBy(() -> ModelSession.load(directory, LoadOptions.DEFAULT, (done, all) -> {
            told.add(done);
            if (done >= 2 * 64 * MIB) {
                throw new CancellationException("nobody waits");
            }
        })).isExactlyInstanceOf(CancellationException.class).hasMessage("nobody waits");
        assertThat(told).hasSize(3).startsWith(0L);
        assertThat(told.get(1)).isBetween(64 * MIB, 65 * MIB);
        assertThat(told.get(2)).isBetween(2 * 64 * MIB, 2 * 65 * MIB);
    }

    /** Of ones, which no file needs to hold. */
    private static void addLargeWeights(MetaGraphDef.Builder model, int count) {
        GraphDef.Builder graph = model.getGraphDefBuilder();
        AttrValue type = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
        NodeDef.Builder restore = graph.getNodeBuilderList().stream()
                .filter(node -> node.getName().equals(model.getSaverDef().getRestoreOpName())).findFirst().orElseThrow();
        graph.addNode(constant("large/size", DataType.DT_INT32, TensorProto.newBuilder().addIntVal((int) (16 * MIB))
                .setTensorShape(TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dim.newBuilder().setSize(1)))));
        graph.addNode(constant("large/one", DataType.DT_FLOAT, TensorProto.newBuilder().addFloatVal(1)
                .setTensorShape(TensorShapeProto.getDefaultInstance())));
        for (int i = 0; i < count; i++) {
            graph.addNode(variable("large/" + i, 16 * MIB).toBuilder().putAttr("shared_name",
                    AttrValue.newBuilder().setS(ByteString.copyFromUtf8("large/" + i)).build()));
            graph.addNode(NodeDef.newBuilder().setName("large/fill" + i).setOp("Fill").addInput("large/size")
                    .addInput("large/one").putAttr("T", type));
            graph.addNode(NodeDef.newBuilder().setName("large/assign" + i).setOp("AssignVariableOp").addInput("large/" + i)
                    .addInput("large/fill" + i).putAttr("dtype", type));
            restore.addInput("^large/assign" + i);
        }
    }

    private static NodeDef constant(String name, DataType type, TensorProto.Builder value) {
        return NodeDef.newBuilder().setName(name).setOp("Const")
                .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(value.setDtype(type)).build()).build();
    }

    /** 40 weights of 40 MiB: parts of at least a 16th, in order, each weight in one of them. */
    @Test
    void largeModelsAreReadInParts() throws ModelException {
        MetaGraphDef.Builder model = MetaGraphDef.newBuilder();
        model.getSaverDefBuilder().setRestoreOpName("restore/all");
        NodeDef.Builder all = NodeDef.newBuilder().setName("restore/all").setOp("NoOp");
        for (int i = 0; i < 40; i++) {
            model.getGraphDefBuilder().addNode(variable("v" + i, 10 * MIB))
                    .addNode(NodeDef.newBuilder().setName("a" + i).setOp("AssignVariableOp").addInput("v" + i));
            all.addInput("^a" + i);
        }
        model.getGraphDefBuilder().addNode(all);
        List<WeightGroups.Group> groups = WeightGroups.of(model.build(), Set.of());
        assertThat(groups).hasSize(14);
        assertThat(groups.subList(0, 13)).allSatisfy(group -> {
            assertThat(group.bytes()).isEqualTo(120 * MIB);
            assertThat(group.targets()).hasSize(3);
        });
        assertThat(groups.stream().flatMap(group -> group.targets().stream()))
                .containsExactlyElementsOf(all.getInputList().stream().map(TensorNames::node).toList());
    }

    /** Somebody else's, in one operation. */
    @Test
    void whatCannotBeDividedIsOnePart() throws ModelException {
        MetaGraphDef.Builder model = MetaGraphDef.newBuilder();
        assertThat(WeightGroups.of(model.build(), Set.of())).isEmpty();
        model.getSaverDefBuilder().setRestoreOpName("StatefulPartitionedCall_7");
        model.getGraphDefBuilder()
                .addNode(NodeDef.newBuilder().setName("StatefulPartitionedCall_7").setOp("StatefulPartitionedCall"));
        assertThat(WeightGroups.of(model.build(), Set.of()))
                .containsExactly(new WeightGroups.Group(List.of("StatefulPartitionedCall_7"), 0));
    }

    @Test
    void refusesWhatDoesNotFitBeforeItIsRead() throws IOException {
        TestModel.edited(directory, model -> enlarge(model.getGraphDefBuilder().getNodeBuilderList()));
        List<Long> told = new ArrayList<>();
        assertThatThrownBy(() -> ModelSession.load(directory, LoadOptions.DEFAULT, (done, all) -> told.add(done)))
                .isExactlyInstanceOf(ModelException.class).hasMessageStartingWith(directory.toString())
                .hasMessageMatching(".* needs 483\\d\\d\\.\\d\\d GB of memory \\(483\\d\\d\\.\\d\\d GB for its weights, "
                        + "0\\.\\d\\d GB to compute with\\), \\d+\\.\\d\\d GB are free .*");
        assertThat(told).isEmpty();
        LoadOptions unchecked = new LoadOptions(Placement.AUTO, TensorFlowOptions.DEFAULT, false);
        // for what is wrong with it apart from its size
        assertThatThrownBy(() -> ModelSession.load(directory, unchecked, LoadListener.NONE))
                .isExactlyInstanceOf(ModelException.class).hasMessageStartingWith(directory + " can't be loaded");
    }

    private static void enlarge(List<NodeDef.Builder> nodes) {
        NodeDef.Builder variable = nodes.stream().filter(node -> node.getOp().equals("VarHandleOp")).findFirst().orElseThrow();
        variable.putAttr("shape", variable("v", 11L << 40).getAttrOrThrow("shape"));
    }

    @Test
    void weighsWhatLoadsAtTheMoment() {
        MemoryNeed need = new MemoryNeed(6_000_000_000L, 1_000_000_000L);
        Optional<FreeMemory> free = Optional.of(new FreeMemory(10_000_000_000L, "on this machine"));
        assertThatCode(() -> need.require(directory, free, 3_000_000_000L)).doesNotThrowAnyException();
        assertThatCode(() -> need.require(directory, Optional.empty(), 3_000_000_000L)).doesNotThrowAnyException();
        assertThatThrownBy(() -> need.require(directory, free, 4_000_000_000L)).isExactlyInstanceOf(ModelException.class)
                .hasMessage(directory + " needs 7.00 GB of memory (6.00 GB for its weights, 1.00 GB to compute with), "
                        + "10.00 GB are free on this machine, and models that are loaded or loading need 4.00 GB of them");
        try (MemoryPromise promise = MemoryPromise.of(need)) {
            assertThat(MemoryPromise.open()).isEqualTo(7_000_000_000L);
            promise.telling(LoadListener.NONE, 0).progress(5_000_000_000L, 6_000_000_000L);
            assertThat(MemoryPromise.open()).isEqualTo(2_000_000_000L);
            promise.loaded();
            assertThat(MemoryPromise.open()).isZero();
        }
        assertThat(MemoryPromise.open()).isZero();
    }

    /** Pages of files show as free: what is mapped is counted as long as it is needed. */
    @Test
    void weighsWhatIsMapped() {
        MemoryNeed need = new MemoryNeed(6_000_000_000L, 1_000_000_000L);
        try (MemoryPromise promise = MemoryPromise.of(need)) {
            LoadListener listener = promise.telling(LoadListener.NONE, 5_000_000_000L);
            listener.progress(500_000_000L, 6_000_000_000L);
            assertThat(MemoryPromise.open()).isEqualTo(6_500_000_000L);
            listener.progress(6_000_000_000L, 6_000_000_000L);
            assertThat(MemoryPromise.open()).isEqualTo(6_000_000_000L);
            promise.loaded();
            assertThat(MemoryPromise.open()).isEqualTo(5_000_000_000L);
        }
        assertThat(MemoryPromise.open()).isZero();
    }

    private static NodeDef variable(String name, long elements) {
        return NodeDef.newBuilder().setName(name).setOp("VarHandleOp")
                .putAllAttr(Map.of("dtype", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build(), "shape",
                        AttrValue.newBuilder().setShape(TensorShapeProto.newBuilder()
                                .addDim(TensorShapeProto.Dim.newBuilder().setSize(elements))).build()))
                .build();
    }
}
