package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;

import com.google.protobuf.ByteString;

import io.instructseg.format.Signature;
import io.instructseg.format.VariablesFormat;

/** Weights that are parts of the mapped file: golden model B, and changes of its file and index. */
@EnabledOnOs(OS.LINUX)
class MappedWeightsTest {

    private static final String WEIGHT = "model.layers.0.mlp.fc1.weight";
    private static final long MIB = 1 << 20;

    @TempDir
    Path directory;

    private Path data;
    private Path index;

    @BeforeEach
    void copy() throws IOException {
        TestModel.copy(directory);
        data = VariablesFormat.data(directory);
        index = VariablesFormat.index(directory);
    }

    @Test
    void areMappedAsLongAsTheModelIsLoaded() throws IOException {
        try (ModelSession session = ModelSession.load(directory)) {
            assertThat(mappings()).isOne();
            // nearly all: what ends elsewhere than at a multiple of 64 bytes is copied
            assertThat(MemoryPromise.open()).isBetween(Files.size(data) * 9 / 10, Files.size(data));
            assertThat(patches(session)).isEqualTo(patchesOf(TestModel.directory()));
        }
        assertThat(mappings()).isZero();
        assertThat(MemoryPromise.open()).isZero();
    }

    /** Whoever replaces a model's files deletes or renames them. */
    @Test
    void outliveTheirNames() throws IOException {
        try (ModelSession session = ModelSession.load(directory)) {
            Files.delete(data);
            assertThat(patches(session)).isEqualTo(patchesOf(TestModel.directory()));
        }
    }

    @Test
    void areFreedWhenLoadingIsEnded() {
        assertThatThrownBy(() -> ModelSession.load(directory, LoadOptions.DEFAULT, (done, all) -> {
            if (done == all) {
                assertThat(mappings()).isOne();
                throw new CancellationException("nobody waits");
            }
        })).isExactlyInstanceOf(CancellationException.class);
        assertThat(mappings()).isZero();
        assertThat(MemoryPromise.open()).isZero();
    }

    /** Its time has changed, its bytes have not: what was mapped could be the one or the other. */
    @Test
    void aFileThatIsReplacedMeanwhileIsRefused() {
        assertThatThrownBy(() -> ModelSession.load(directory, LoadOptions.DEFAULT, (done, all) -> {
            if (done == all) {
                replace(data);
            }
        })).isExactlyInstanceOf(ModelException.class).hasMessage(data + " was replaced while it was read");
        assertThat(mappings()).isZero();
    }

    private static void replace(Path file) {
        try {
            Path other = Files.copy(file, file.resolveSibling("other"));
            Files.setLastModifiedTime(other, FileTime.fromMillis(0));
            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is copied is found to be damaged in the step that maps the others. */
    @Test
    void areFreedWhenLoadingFails() throws IOException {
        Map.Entry<String, BundleEntryProto> copied = weights().entrySet().stream()
                .filter(weight -> weight.getValue().getSize() % 64 != 0).findFirst().orElseThrow();
        damage(copied.getValue());
        assertThatThrownBy(() -> ModelSession.load(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessageStartingWith(directory + " can't be loaded: ").hasMessageContaining("Checksum");
        assertThat(mappings()).isZero();
        assertThat(MemoryPromise.open()).isZero();
    }

    @Test
    void whatIsDamagedIsNamed() throws IOException {
        damage(weights().get(WEIGHT));
        assertThatThrownBy(() -> ModelSession.load(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessageMatching("\\Q" + data + " is damaged: the checksum of weight " + WEIGHT
                        + "\\E is [0-9a-f]{8}, expected [0-9a-f]{8}");
    }

    @Test
    void whatDoesNotFitItsVariableIsNamed() throws IOException {
        BundleEntryProto entry = weights().get(WEIGHT);
        String found = "weight " + WEIGHT + " is ";
        String expected = "expected DT_FLOAT [104, 200] of 83200";
        assertRefused(weight -> weight.setDtype(DataType.DT_BFLOAT16),
                found + "DT_BFLOAT16 [104, 200] of 83200 bytes, " + expected);
        assertRefused(weight -> weight.setShape(TensorShapeProto.newBuilder().addDim(entry.getShape().getDim(1))
                .addDim(entry.getShape().getDim(0))), found + "DT_FLOAT [200, 104] of 83200 bytes, " + expected);
        assertRefused(weight -> weight.setSize(83196), found + "DT_FLOAT [104, 200] of 83196 bytes, " + expected);
        String place = " of " + data + ", which ends at " + Files.size(data);
        for (long offset : new long[] { -64, Files.size(data) - 83136, Long.MAX_VALUE }) {
            assertRefused(weight -> weight.setOffset(offset),
                    "weight " + WEIGHT + " has 83200 bytes at " + offset + place);
        }
        Map<String, byte[]> entries = new TreeMap<>(IndexTable.read(index));
        entries.remove(WEIGHT);
        write(entries);
        assertThatThrownBy(() -> ModelSession.load(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessage(directory + " can't be loaded: it has no weight " + WEIGHT);
    }

    private void assertRefused(UnaryOperator<BundleEntryProto.Builder> change, String problem) throws IOException {
        byte[] before = Files.readAllBytes(index);
        change((name, weight) -> name.equals(WEIGHT) ? change.apply(weight) : weight);
        assertThatThrownBy(() -> ModelSession.load(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessage(directory + " can't be loaded: " + problem);
        Files.write(index, before);
    }

    /** Loading takes time for each node: what restored them, and their variables, are gone. */
    @Test
    void theFileTakesThePlaceOfAllVariables() throws IOException {
        MetaGraphDef.Builder model = ModelDescription.graph(directory).toBuilder();
        long nodes = model.getGraphDef().getNodeCount();
        MappedWeights mapped = MappedWeights.of(model, directory);
        mapped.change(model.getGraphDefBuilder());
        long copied = weights().values().stream().filter(weight -> weight.getSize() % 64 != 0).count();
        Map<String, NodeDef> changed = nodes(model);
        assertThat(mapped.assignments()).containsExactly("mapped_weights/assignment");
        assertThat(changed.values()).filteredOn(node -> node.getOp().equals("RestoreV2")).hasSize((int) copied);
        assertThat(changed.values()).filteredOn(node -> node.getOp().equals("VarHandleOp")).hasSize((int) copied + 1);
        assertThat(changed.get(model.getSaverDef().getRestoreOpName()).getInputList()).hasSize((int) copied + 1)
                .contains("^mapped_weights/assignment");
        // of each weight, a reshape takes the place of a variable, an assignment, a restore and its weight's name
        assertThat(nodes - changed.size()).isGreaterThan(2 * (weights().size() - copied));
    }

    private static Map<String, NodeDef> nodes(MetaGraphDef.Builder model) {
        Map<String, NodeDef> nodes = model.getGraphDef().getNodeList().stream()
                .collect(Collectors.toMap(NodeDef::getName, node -> node));
        assertThat(nodes.values()).allSatisfy(node -> assertThat(nodes.keySet())
                .containsAll(node.getInputList().stream().map(TensorNames::node).toList()));
        return nodes;
    }

    /** There each stays a variable; a CPU's shares its memory with the file, and a GPU's does not. */
    @ParameterizedTest
    @ValueSource(strings = { "cpu:1", "gpu:0" })
    void onOtherDevicesPartsAreAssigned(String device) throws IOException {
        MetaGraphDef.Builder model = ModelDescription.graph(directory).toBuilder();
        Map<Signature, Device> devices = new EnumMap<>(Signature.class);
        for (Signature stage : Signature.values()) {
            devices.put(stage, stage == Signature.ENCODE_BACKBONE ? Device.CPU : Device.of(device));
        }
        addRow(model);
        NodePlacement.place(model, devices);
        MappedWeights mapped = MappedWeights.of(model, directory);
        mapped.change(model.getGraphDefBuilder());
        Map<String, NodeDef> changed = nodes(model);
        assertThat(changed).containsKey("variables/" + WEIGHT);
        assertThat(changed.values()).noneMatch(node -> node.getOp().equals("VarHandleOp")
                && node.getName().contains("vision_tower_mask") && node.getName().endsWith("attn.qkv.weight"));
        assertThat(mapped.assignments()).contains("mapped_weights/assignment").hasSizeGreaterThan(100);
        boolean shares = device.startsWith("cpu");
        assertThat(changed.get("row").getOp()).isEqualTo(shares ? "GatherV2" : "ResourceGather");
        assertThat(changed.containsKey("row/value")).isEqualTo(shares);
        long all = weights().values().stream().filter(weight -> weight.getSize() % 64 == 0)
                .mapToLong(BundleEntryProto::getSize).sum();
        if (shares) {
            assertThat(mapped.hostBytes()).isEqualTo(all);
        } else {
            assertThat(mapped.hostBytes()).isPositive().isLessThan(all);
        }
    }

    /** Of somebody else's model, say, in which one operation restores what two variables begin with. */
    @Test
    void aWeightCanBeOfTwoVariables() throws IOException {
        MetaGraphDef.Builder model = ModelDescription.graph(directory).toBuilder();
        Map<String, NodeDef> nodes = nodes(model);
        NodeDef variable = nodes.get("variables/" + WEIGHT);
        NodeDef assignment = nodes.values().stream().filter(node -> node.getOp().equals("AssignVariableOp")
                && node.getInput(0).equals(variable.getName())).findFirst().orElseThrow();
        model.getGraphDefBuilder()
                .addNode(variable.toBuilder().setName("twin")
                        .putAttr("shared_name", AttrValue.newBuilder().setS(ByteString.copyFromUtf8("twin")).build()))
                .addNode(assignment.toBuilder().setName("twin/assigned").setInput(0, "twin"))
                .addNode(nodes.get("variables/" + WEIGHT + ".value").toBuilder().setName("twin/value").setInput(0, "twin"));
        MappedWeights mapped = MappedWeights.of(model, directory);
        mapped.change(model.getGraphDefBuilder());
        Map<String, NodeDef> changed = nodes(model);
        assertThat(changed).doesNotContainKeys("twin", "twin/assigned", variable.getName());
        assertThat(changed.get("twin/value").getInputList())
                .isEqualTo(changed.get("variables/" + WEIGHT + ".value").getInputList());
    }

    /** Whose node would be missing then, or whose other handle would never be assigned. */
    @Test
    void whatOthersNameIsCopied() throws IOException {
        long mapped = openWhileLoaded();
        NodeDef variable = nodes(ModelDescription.graph(directory).toBuilder()).get("variables/" + WEIGHT);
        AttrValue neighbour = AttrValue.newBuilder().setList(AttrValue.ListValue.newBuilder()
                .addS(ByteString.copyFromUtf8("loc:@variables/" + WEIGHT))).build();
        TestModel.edit(directory, model -> model.getGraphDefBuilder()
                .addNode(NodeDef.newBuilder().setName("neighbour").setOp("NoOp").putAttr("_class", neighbour)));
        assertThat(openWhileLoaded()).isEqualTo(mapped - weights().get(WEIGHT).getSize());
        TestModel.edit(directory, model -> {
            model.getGraphDefBuilder().removeNode(model.getGraphDef().getNodeCount() - 1);
            model.getGraphDefBuilder().addNode(variable.toBuilder().setName("other"));
        });
        assertThat(openWhileLoaded()).isEqualTo(mapped - weights().get(WEIGHT).getSize());
    }

    /** For rows of a variable that shares its memory TensorFlow copies all of it. */
    @Test
    void rowsAreGatheredFromTheValue() throws IOException {
        MetaGraphDef.Builder model = ModelDescription.graph(directory).toBuilder();
        addRow(model);
        MappedWeights mapped = MappedWeights.of(model, directory);
        mapped.change(model.getGraphDefBuilder());
        assertThat(nodes(model).get("row").getOp()).isEqualTo("GatherV2");
        ByteBuffer elements = ByteBuffer.wrap(Files.readAllBytes(data)).order(ByteOrder.LITTLE_ENDIAN)
                .position((int) weights().get(WEIGHT).getOffset() + 3 * 200 * Float.BYTES);
        assertThat(row(model.getGraphDef(), mapped)).hasSize(200).allSatisfy(
                element -> assertThat(element).isEqualTo(elements.getFloat()));
    }

    private static void addRow(MetaGraphDef.Builder model) {
        AttrValue type = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
        AttrValue indices = AttrValue.newBuilder().setType(DataType.DT_INT32).build();
        model.getGraphDefBuilder()
                .addNode(NodeDef.newBuilder().setName("index").setOp("Const").putAttr("dtype", indices).putAttr("value",
                        AttrValue.newBuilder().setTensor(TensorProto.newBuilder().setDtype(DataType.DT_INT32).addIntVal(3)
                                .setTensorShape(TensorShapeProto.getDefaultInstance())).build()))
                .addNode(NodeDef.newBuilder().setName("row").setOp("ResourceGather").addInput("variables/" + WEIGHT)
                        .addInput("index").putAttr("dtype", type).putAttr("Tindices", indices));
    }

    private static List<Float> row(GraphDef definition, MappedWeights mapped) {
        try (Graph graph = new Graph()) {
            graph.importGraphDef(definition);
            try (Session session = new Session(graph)) {
                Session.Runner assign = session.runner();
                mapped.assignments().forEach(assign::addTarget);
                assign.run().close();
                try (TFloat32 row = (TFloat32) session.runner().fetch("row").run().get(0)) {
                    List<Float> elements = new ArrayList<>();
                    row.scalars().forEach(element -> elements.add(element.getFloat()));
                    return elements;
                }
            }
        }
    }

    /** As an earlier version of the converter wrote them, one behind the other. */
    @Test
    void whatBeginsAnywhereIsCopied() throws IOException {
        byte[] bytes = Files.readAllBytes(data);
        byte[] moved = new byte[bytes.length + 4];
        System.arraycopy(bytes, 0, moved, 4, bytes.length);
        Files.write(data, moved);
        change((name, weight) -> weight.setOffset(weight.getOffset() + 4));
        assertThatIsCopied();
    }

    /** Somebody else's counter, say: what is mapped can't be written. */
    @Test
    void whatCanBeChangedIsCopied() throws IOException {
        long mapped = openWhileLoaded();
        AttrValue type = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
        TestModel.edit(directory, model -> model.getGraphDefBuilder().addNode(NodeDef.newBuilder().setName("add")
                .setOp("AssignAddVariableOp").addInput("variables/" + WEIGHT).addInput("variables/" + WEIGHT + ".value")
                .putAttr("dtype", type)));
        assertThat(openWhileLoaded()).isEqualTo(mapped - weights().get(WEIGHT).getSize());
    }

    /** A read that waits for the assignment would not make the file's wait, too; and rows by batches are of another axis. */
    @Test
    void whatIsReadOtherwiseIsCopied() throws IOException {
        MetaGraphDef graph = ModelDescription.graph(directory);
        NodeDef read = nodes(graph.toBuilder()).get("variables/" + WEIGHT + ".value");
        MetaGraphDef.Builder waiting = graph.toBuilder();
        waiting.getGraphDefBuilder().addNode(read.toBuilder().setName("late").addInput("^" + read.getName()));
        MetaGraphDef.Builder batches = graph.toBuilder();
        addRow(batches);
        NodeDef.Builder row = batches.getGraphDefBuilder()
                .getNodeBuilder(batches.getGraphDef().getNodeCount() - 1);
        row.putAttr("batch_dims", AttrValue.newBuilder().setI(1).build());
        MetaGraphDef.Builder broken = graph.toBuilder();
        broken.getGraphDefBuilder().addNode(row.build().toBuilder().removeAttr("batch_dims").setName("broken").clearInput()
                .addInput(row.getInput(0)));
        for (MetaGraphDef.Builder model : List.of(waiting, batches, broken)) {
            assertThat(MappedWeights.of(model, directory).hostBytes()).isEqualTo(
                    MappedWeights.of(graph.toBuilder(), directory).hostBytes() - weights().get(WEIGHT).getSize());
        }
    }

    /** The last one would hold. */
    @ParameterizedTest
    @ValueSource(booleans = { false, true })
    void whatIsAssignedTwiceIsCopied(boolean waits) throws IOException {
        List<String> others = waits ? List.of("^variables/" + WEIGHT + ".value") : List.of();
        long mapped = openWhileLoaded();
        AttrValue type = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
        TestModel.edit(directory, model -> model.getGraphDefBuilder().addNode(NodeDef.newBuilder().setName("again")
                .setOp("AssignVariableOp").addInput("variables/" + WEIGHT).addInput("variables/" + WEIGHT + ".value")
                .addAllInput(others).putAttr("dtype", type)));
        assertThat(openWhileLoaded()).isEqualTo(mapped - weights().get(WEIGHT).getSize());
    }

    /** An index of somebody else's, whose checksums are right: two weights share all but 64 bytes. */
    @Test
    void whatOverlapsIsCopied() throws IOException {
        long mapped = openWhileLoaded();
        List<Map.Entry<String, BundleEntryProto>> aligned = weights().entrySet().stream()
                .filter(weight -> weight.getValue().getSize() % 64 == 0)
                .sorted(Comparator.comparingLong(weight -> weight.getValue().getOffset())).toList();
        int i = IntStream.range(0, aligned.size() - 1).filter(j -> end(aligned.get(j)) == aligned.get(j + 1).getValue()
                .getOffset()).findFirst().orElseThrow();
        BundleEntryProto first = aligned.get(i).getValue();
        CRC32C checksum = new CRC32C();
        checksum.update(Files.readAllBytes(data), (int) first.getOffset() + 64, (int) first.getSize());
        change((name, weight) -> name.equals(aligned.get(i).getKey())
                ? weight.setOffset(weight.getOffset() + 64).setCrc32C(VariablesFormat.mask(checksum))
                : weight);
        assertThat(openWhileLoaded()).isEqualTo(mapped - aligned.get(i + 1).getValue().getSize());
    }

    private static long end(Map.Entry<String, BundleEntryProto> weight) {
        return weight.getValue().getOffset() + weight.getValue().getSize();
    }

    private long openWhileLoaded() throws IOException {
        try (ModelSession session = ModelSession.load(directory)) {
            return MemoryPromise.open();
        }
    }

    /** Its checksums are right. */
    @Test
    void anIndexOfSomethingElseIsRefused() throws IOException {
        Map<String, byte[]> entries = new TreeMap<>(IndexTable.read(index));
        entries.put(WEIGHT, new byte[] { 8, -1 });
        write(entries);
        assertThatThrownBy(() -> ModelSession.load(directory)).isExactlyInstanceOf(ModelException.class)
                .hasMessageStartingWith(index + " is damaged: ");
    }

    @Test
    void severalFilesAreCopied() throws IOException {
        Files.copy(data, data.resolveSibling("variables.data-00000-of-00002"));
        Files.write(data.resolveSibling("variables.data-00001-of-00002"), new byte[0]);
        Files.delete(data);
        Map<String, byte[]> entries = new TreeMap<>(IndexTable.read(index));
        entries.put("", BundleHeaderProto.parseFrom(entries.get("")).toBuilder().setNumShards(2).build().toByteArray());
        write(entries);
        assertThatIsCopied();
    }

    private void assertThatIsCopied() throws IOException {
        try (ModelSession session = ModelSession.load(directory)) {
            assertThat(mappings()).isZero();
            assertThat(MemoryPromise.open()).isZero();
            assertThat(patches(session)).isEqualTo(patchesOf(TestModel.directory()));
        }
    }

    /** 512 MiB of zeros, which the file system needs no room for. */
    @Test
    void takeNoMemoryOfTheirOwn() throws IOException {
        addLargeWeights(8);
        patchesOf(TestModel.directory());
        long before = anonymousMemory();
        try (ModelSession session = ModelSession.load(directory)) {
            assertThat(MemoryPromise.open()).isGreaterThan(8 * 64 * MIB);
            // the step splits all of the file
            patches(session);
            assertThat(anonymousMemory() - before).isLessThan(4 * 64 * MIB);
        }
    }

    /** Of 64 MiB each. */
    private void addLargeWeights(int count) throws IOException {
        long start = (Files.size(data) + 63) / 64 * 64;
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dim.newBuilder().setSize(16 * MIB)).build();
        CRC32C zeros = new CRC32C();
        for (int i = 0; i < 64; i++) {
            zeros.update(new byte[(int) MIB]);
        }
        try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
            file.setLength(start + count * 64 * MIB);
        }
        Map<String, byte[]> entries = new TreeMap<>(IndexTable.read(index));
        for (int i = 0; i < count; i++) {
            entries.put("zz/large" + i, BundleEntryProto.newBuilder().setDtype(DataType.DT_FLOAT).setShape(shape)
                    .setOffset(start + i * 64 * MIB).setSize(64 * MIB).setCrc32C(VariablesFormat.mask(zeros)).build()
                    .toByteArray());
        }
        write(entries);
        TestModel.edit(directory, model -> {
            for (int i = 0; i < count; i++) {
                addVariable(model, "zz/large" + i, shape);
            }
        });
    }

    private static void addVariable(MetaGraphDef.Builder model, String name, TensorShapeProto shape) {
        GraphDef.Builder graph = model.getGraphDefBuilder();
        AttrValue type = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
        graph.addNode(NodeDef.newBuilder().setName(name).setOp("VarHandleOp").putAttr("dtype", type)
                .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
                .putAttr("shared_name", AttrValue.newBuilder().setS(ByteString.copyFromUtf8(name)).build()));
        graph.addNode(string(name + "/name", name)).addNode(string(name + "/slice", ""));
        graph.addNode(NodeDef.newBuilder().setName(name + "/restore").setOp("RestoreV2")
                .addInput(model.getSaverDef().getFilenameTensorName()).addInput(name + "/name").addInput(name + "/slice")
                .putAttr("dtypes", AttrValue.newBuilder().setList(AttrValue.ListValue.newBuilder()
                        .addType(DataType.DT_FLOAT)).build()));
        graph.addNode(NodeDef.newBuilder().setName(name + "/assign").setOp("AssignVariableOp").addInput(name)
                .addInput(name + "/restore").putAttr("dtype", type));
        graph.getNodeBuilderList().stream().filter(node -> node.getName().equals(model.getSaverDef().getRestoreOpName()))
                .forEach(restore -> restore.addInput("^" + name + "/assign"));
    }

    private static NodeDef string(String name, String value) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setDtype(DataType.DT_STRING)
                .addStringVal(ByteString.copyFromUtf8(value))
                .setTensorShape(TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dim.newBuilder().setSize(1)));
        return NodeDef.newBuilder().setName(name).setOp("Const")
                .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_STRING).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build()).build();
    }

    private interface Change {
        BundleEntryProto.Builder apply(String weight, BundleEntryProto.Builder entry);
    }

    private void change(Change change) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>(IndexTable.read(index));
        weights().forEach((name, entry) -> entries.put(name, change.apply(name, entry.toBuilder()).build().toByteArray()));
        write(entries);
    }

    private Map<String, BundleEntryProto> weights() throws IOException {
        Map<String, BundleEntryProto> weights = new TreeMap<>();
        for (var entry : IndexTable.read(index).entrySet()) {
            if (!entry.getKey().isEmpty()) {
                weights.put(entry.getKey(), BundleEntryProto.parseFrom(entry.getValue()));
            }
        }
        return weights;
    }

    private void write(Map<String, byte[]> entries) throws IOException {
        Files.write(index, TestTable.of(List.copyOf(entries.entrySet()), 100, 0));
    }

    private void damage(BundleEntryProto weight) throws IOException {
        byte[] bytes = Files.readAllBytes(data);
        bytes[Math.toIntExact(weight.getOffset())] ^= 1;
        Files.write(data, bytes);
    }

    private static float[] patchesOf(Path model) throws IOException {
        try (ModelSession session = ModelSession.load(model)) {
            return patches(session);
        }
    }

    private static float[] patches(ModelSession session) {
        byte[] pixels = new byte[60 * 60 * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * i);
        }
        return session.run(Signature.ENCODE_VISION, Map.of("pixels", HostTensor.bytes(pixels, 1, 60, 60, 3)),
                List.of("patches")).get("patches").floats();
    }

    private long mappings() {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains(data.toString())).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long anonymousMemory() throws IOException {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return 1024 * status.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
        }
    }
}
