package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

import com.google.protobuf.ByteString;

/**
 * Lets variables be parts of the mapped file, where the graph would restore them into memory of TensorFlow's allocator, which
 * never gives it back: one node maps the file (as integers of four bytes, one as those of two), and each weight is a slice of
 * it, which shares its memory. The mapping lasts as long as a variable has a part of it, so on a GPU, which takes a copy, until
 * that is made.
 * <p>
 * What does not look like a model that we convert stays as it is (a variable that an operation may change, above all: the
 * mapping can't be written), and what does not begin and end at multiples of {@value #ALIGNMENT} bytes: TensorFlow would copy
 * it. In models that we convert, that is what ends elsewhere: small weights.
 */
final class MappedWeights {

    private static final int ALIGNMENT = 64;
    /** The file as integers, of which each has as many bytes as follow. */
    private static final String FILE = "mapped_weights/file_";
    /**
     * TensorFlow takes a node without inputs for a constant, and would copy each weight when it prepares the step; not a node
     * that has this attribute, which names the memory for some of its outputs: here for none.
     */
    private static final String NO_CONSTANT = "_scoped_allocator";
    /** The first one, of rows to gather. */
    private static final String AXIS = "mapped_weights/axis";
    private static final AttrValue LONG = type(DataType.DT_INT64);
    private static final Map<DataType, Integer> ELEMENT_BYTES = Map.of(DataType.DT_FLOAT, Integer.BYTES, DataType.DT_BFLOAT16,
            Short.BYTES, DataType.DT_HALF, Short.BYTES);
    /** By its bytes. Of a weight's own type, oneDNN's slices would be copies. */
    private static final Map<Integer, DataType> INTEGERS = Map.of(Integer.BYTES, DataType.DT_INT32, Short.BYTES,
            DataType.DT_INT16);

    /** What takes a variable and does not write into its memory; {@link #gather} takes the place of the last one. */
    private static final Set<String> USERS = Set.of("AssignVariableOp", "ReadVariableOp", "ResourceGather");

    private final Map<String, NodeDef> nodes = new HashMap<>();
    /** What other operations than {@link #USERS} take. */
    private final Set<String> changeable = new HashSet<>();
    private final Map<String, NodeDef> values = new HashMap<>();
    private final Map<String, NodeDef> added = new LinkedHashMap<>();
    private final Set<String> assignments = new HashSet<>();
    private final Set<String> variables = new HashSet<>();
    private final List<WeightFile.Part> parts = new ArrayList<>();
    private final Path directory;
    private final String prefix;
    private long hostBytes;

    private MappedWeights(MetaGraphDef.Builder model, Path directory) {
        this.directory = directory;
        for (NodeDef node : model.getGraphDef().getNodeList()) {
            nodes.put(node.getName(), node);
            if (!USERS.contains(node.getOp())) {
                node.getInputList().forEach(input -> changeable.add(TensorNames.node(input)));
            }
        }
        prefix = model.getSaverDef().getFilenameTensorName();
    }

    /**
     * Changes the graph, as far as it restores weights as models that we convert do. Their bytes are unchecked until
     * they have been {@link #read}.
     *
     * @param model with its devices
     * @throws ModelException if a weight is missing, of another type or shape than its variable, or beyond the file's end
     */
    static MappedWeights map(MetaGraphDef.Builder model, Path directory) throws IOException {
        MappedWeights mapped = new MappedWeights(model, directory);
        List<NodeDef> restored = model.getGraphDef().getNodeList().stream().filter(mapped::restoresOneWeight).toList();
        if (!restored.isEmpty()) {
            WeightIndex index = WeightIndex.read(directory);
            if (index.isOneFile()) {
                for (NodeDef assignment : restored) {
                    mapped.map(assignment, index);
                }
            }
            if (!mapped.parts.isEmpty()) {
                mapped.change(model.getGraphDefBuilder(), index.fileBytes());
            }
        }
        return mapped;
    }

    /** The operations that assign what is mapped. */
    Set<String> assignments() {
        return assignments;
    }

    /** Of what stays mapped: the weights of the host. */
    long hostBytes() {
        return hostBytes;
    }

    /** Begins to read all that is mapped, so that it is in memory, and to compare checksums. */
    WeightFile read() throws IOException {
        return new WeightFile(WeightIndex.file(directory), parts);
    }

    private boolean restoresOneWeight(NodeDef assignment) {
        if (!assignment.getOp().equals("AssignVariableOp") || assignment.getInputCount() != 2) {
            return false;
        }
        NodeDef variable = input(assignment, 0);
        NodeDef value = input(assignment, 1);
        return variable.getOp().equals("VarHandleOp") && hasSize(variable) && !changeable.contains(variable.getName())
                && value.getOp().equals("RestoreV2")
                && value.getInputCount() == 3 && isPrefix(value.getInput(0)) && strings(input(value, 1)).size() == 1
                && strings(input(value, 2)).equals(List.of(ByteString.EMPTY));
    }

    /** An empty node if there is none. */
    private NodeDef input(NodeDef node, int input) {
        return nodes.getOrDefault(TensorNames.node(node.getInput(input)), NodeDef.getDefaultInstance());
    }

    private boolean isPrefix(String tensor) {
        return !prefix.isEmpty() && TensorNames.node(tensor).equals(TensorNames.node(prefix));
    }

    private static boolean hasSize(NodeDef variable) {
        TensorShapeProto shape = variable.getAttrOrDefault("shape", AttrValue.getDefaultInstance()).getShape();
        return variable.containsAttr("shape") && !shape.getUnknownRank()
                && shape.getDimList().stream().allMatch(dim -> dim.getSize() >= 0)
                && ELEMENT_BYTES.containsKey(variable.getAttrOrDefault("dtype", AttrValue.getDefaultInstance()).getType());
    }

    private static List<ByteString> strings(NodeDef constant) {
        return constant.getAttrOrDefault("value", AttrValue.getDefaultInstance()).getTensor().getStringValList();
    }

    private void map(NodeDef assignment, WeightIndex index) throws ModelException {
        NodeDef variable = input(assignment, 0);
        NodeDef restore = input(assignment, 1);
        String name = strings(input(restore, 1)).get(0).toStringUtf8();
        BundleEntryProto entry = index.entry(name, variable);
        if (entry.getSlicesCount() > 0 || entry.getSize() == 0 || entry.getOffset() % ALIGNMENT != 0
                || entry.getSize() % ALIGNMENT != 0) {
            return;
        }
        assignments.add(assignment.getName());
        variables.add(variable.getName());
        if (!values.containsKey(restore.getName())) {
            values.put(restore.getName(), value(restore.getName(), entry));
            parts.add(new WeightFile.Part(name, entry.getOffset(), entry.getSize(), entry.getCrc32C()));
            hostBytes += MemoryNeed.isOnGpu(variable) ? 0 : entry.getSize();
        }
    }

    /** The weight's part of the file, {@code [elements]}, in the weight's shape. */
    private NodeDef value(String restore, BundleEntryProto entry) {
        long[] sizes = entry.getShape().getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray();
        int elementBytes = ELEMENT_BYTES.get(entry.getDtype());
        AttrValue integer = type(INTEGERS.get(elementBytes));
        NodeDef slice = node("Slice", restore + "/elements").addInput(FILE + elementBytes)
                .addInput(constant(entry.getOffset() / elementBytes)).addInput(constant(entry.getSize() / elementBytes))
                .putAttr("T", integer).putAttr("Index", LONG).build();
        NodeDef shaped = node("Reshape", restore + "/shaped").addInput(slice.getName()).addInput(constant(sizes))
                .putAttr("T", integer).putAttr("Tshape", LONG).build();
        added.put(slice.getName(), slice);
        added.put(shaped.getName(), shaped);
        return node("Bitcast", restore).addInput(shaped.getName()).putAttr("T", integer)
                .putAttr("type", type(entry.getDtype())).build();
    }

    /** Named by its values: what TensorFlow prepares a step with takes time for each node. */
    private String constant(long... values) {
        String name = "mapped_weights/"
                + LongStream.of(values).mapToObj(Long::toString).collect(Collectors.joining("_", "v", ""));
        TensorProto.Builder tensor = TensorProto.newBuilder().setTensorShape(shape(values.length));
        LongStream.of(values).forEach(tensor::addInt64Val);
        added.computeIfAbsent(name, first -> constant(name, tensor));
        return name;
    }

    private static NodeDef constant(String name, TensorProto.Builder value) {
        return node("Const", name).putAttr("dtype", LONG)
                .putAttr("value", AttrValue.newBuilder().setTensor(value.setDtype(DataType.DT_INT64)).build()).build();
    }

    /** What restored a weight becomes what gives its part, under the same name. */
    private void change(GraphDef.Builder graph, long fileBytes) {
        for (int i = 0; i < graph.getNodeCount(); i++) {
            NodeDef node = graph.getNode(i);
            graph.setNode(i, gathers(node) ? gather(node) : values.getOrDefault(node.getName(), node));
        }
        graph.addNode(
                constant(AXIS, TensorProto.newBuilder().setTensorShape(TensorShapeProto.getDefaultInstance()).addInt64Val(0)));
        INTEGERS.forEach((bytes, type) -> graph.addNode(file(FILE + bytes, type, fileBytes / bytes)));
        graph.addAllNode(added.values());
    }

    private boolean gathers(NodeDef node) {
        return node.getOp().equals("ResourceGather") && variables.contains(TensorNames.node(node.getInput(0)));
    }

    /**
     * Rows of the variable's value: for rows of the variable itself TensorFlow would copy all of it, since it shares memory.
     */
    private NodeDef gather(NodeDef node) {
        AttrValue type = node.getAttrOrThrow("dtype");
        NodeDef value = NodeDef.newBuilder().setOp("ReadVariableOp").setName(node.getName() + "/value")
                .setDevice(node.getDevice()).addInput(node.getInput(0)).putAttr("dtype", type).build();
        added.put(value.getName(), value);
        return NodeDef.newBuilder().setOp("GatherV2").setName(node.getName()).setDevice(node.getDevice())
                .addInput(value.getName()).addInput(node.getInput(1)).addInput(AXIS)
                .addAllInput(node.getInputList().subList(2, node.getInputCount())).putAttr("Tparams", type)
                .putAttr("Tindices", node.getAttrOrThrow("Tindices")).putAttr("Taxis", LONG)
                .putAttr("batch_dims", node.getAttrOrDefault("batch_dims", AttrValue.newBuilder().setI(0).build())).build();
    }

    private NodeDef file(String name, DataType type, long elements) {
        return node("ImmutableConst", name).putAttr("dtype", type(type))
                .putAttr(NO_CONSTANT, AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance()).build())
                .putAttr("shape", AttrValue.newBuilder().setShape(shape(elements)).build())
                .putAttr("memory_region_name", AttrValue.newBuilder()
                        .setS(ByteString.copyFromUtf8(WeightIndex.file(directory).toAbsolutePath().toString())).build())
                .build();
    }

    private static NodeDef.Builder node(String operation, String name) {
        return NodeDef.newBuilder().setOp(operation).setName(name).setDevice(Device.CPU.inGraph());
    }

    private static TensorShapeProto shape(long size) {
        return TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dim.newBuilder().setSize(size)).build();
    }

    private static AttrValue type(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }
}
