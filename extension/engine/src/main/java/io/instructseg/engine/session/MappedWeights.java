package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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

import io.instructseg.format.VariablesFormat;

/**
 * Lets variables be parts of the mapped file, where the graph would restore them into memory of TensorFlow's allocator, which
 * never gives it back: one node maps the file, one splits it, and each weight is a part, which shares its memory. The mapping
 * lasts as long as a variable has a part of it, so on a GPU, which takes a copy, until that is made.
 * <p>
 * What does not look like a model that we convert stays as it is (a variable that an operation may change, above all: the
 * mapping can't be written), and what does not begin and end at multiples of {@link VariablesFormat#ALIGNMENT}: TensorFlow
 * would copy it. In models that we convert, that is what ends elsewhere: small weights.
 */
final class MappedWeights {

    private static final String SCOPE = "mapped_weights/";
    /** The file in rows as long as the alignment: {@code [rows, 64]} bytes. */
    private static final String FILE = SCOPE + "file";
    /** Its rows: those of a weight each, and of what is between them. */
    private static final String PARTS = SCOPE + "parts";
    /** The first one, of rows to gather and to split. */
    private static final String AXIS = SCOPE + "axis";
    /**
     * TensorFlow takes a node without inputs for a constant, and would copy each weight when it prepares the step; not a node
     * that has this attribute, which names the memory for some of its outputs: here for none.
     */
    private static final String NO_CONSTANT = "_scoped_allocator";
    private static final AttrValue BYTE = type(DataType.DT_UINT8);
    private static final AttrValue INT = type(DataType.DT_INT32);
    private static final AttrValue LONG = type(DataType.DT_INT64);
    private static final Map<DataType, Integer> ELEMENT_BYTES = Map.of(DataType.DT_FLOAT, Integer.BYTES, DataType.DT_BFLOAT16,
            Short.BYTES, DataType.DT_HALF, Short.BYTES);

    /** What takes a variable and does not write into its memory; {@link #gather} takes the place of the last one. */
    private static final Set<String> USERS = Set.of("AssignVariableOp", "ReadVariableOp", "ResourceGather");

    private final Map<String, NodeDef> nodes = new HashMap<>();
    /** What other operations than {@link #USERS} take. */
    private final Set<String> changeable = new HashSet<>();
    /** What restored a weight, by its name, and what takes its place. */
    private final Map<String, NodeDef> values = new HashMap<>();
    private final Map<String, NodeDef> added = new LinkedHashMap<>();
    private final Set<String> assignments = new HashSet<>();
    private final Set<String> variables = new HashSet<>();
    private final List<WeightFile.Part> weights = new ArrayList<>();
    /** Rows of all parts of the file, weights and what is between them. */
    private final List<Long> rows = new ArrayList<>();
    private final Path file;
    private final String prefix;
    private long hostBytes;

    /** An assignment, and where the weight lies that it restores. */
    private record Restored(NodeDef assignment, String weight, BundleEntryProto entry) {

        WeightFile.Part part() {
            return new WeightFile.Part(weight, entry.getOffset(), entry.getSize(), entry.getCrc32C());
        }
    }

    private MappedWeights(MetaGraphDef.Builder model, Path directory) {
        this.file = WeightIndex.file(directory);
        for (NodeDef node : model.getGraphDef().getNodeList()) {
            nodes.put(node.getName(), node);
            if (!USERS.contains(node.getOp())) {
                node.getInputList().forEach(input -> changeable.add(TensorNames.node(input)));
            }
        }
        prefix = model.getSaverDef().getFilenameTensorName();
    }

    /**
     * Finds what can be mapped, as far as the graph restores weights as models that we convert do.
     *
     * @param model with its devices
     * @throws ModelException if a weight is missing, of another type or shape than its variable, or beyond the file's end
     */
    static MappedWeights of(MetaGraphDef.Builder model, Path directory) throws IOException {
        MappedWeights mapped = new MappedWeights(model, directory);
        List<NodeDef> assignments = model.getGraphDef().getNodeList().stream().filter(mapped::restoresOneWeight).toList();
        if (!assignments.isEmpty()) {
            WeightIndex index = WeightIndex.read(directory);
            if (index.isOneFile()) {
                mapped.divide(mapped.restored(assignments, index));
            }
        }
        return mapped;
    }

    /** Begins to read all that is mapped, so that it is in memory, and to compare checksums. */
    WeightFile read() throws IOException {
        return new WeightFile(file, weights);
    }

    /** The operations that assign what is mapped. */
    Set<String> assignments() {
        return assignments;
    }

    /** Of what stays mapped: the weights of the host. */
    long hostBytes() {
        return hostBytes;
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

    private List<Restored> restored(List<NodeDef> assignments, WeightIndex index) throws ModelException {
        List<Restored> restored = new ArrayList<>();
        for (NodeDef assignment : assignments) {
            String name = strings(input(input(assignment, 1), 1)).get(0).toStringUtf8();
            BundleEntryProto entry = index.entry(name, input(assignment, 0));
            if (entry.getSlicesCount() == 0 && entry.getSize() > 0 && entry.getOffset() % VariablesFormat.ALIGNMENT == 0
                    && entry.getSize() % VariablesFormat.ALIGNMENT == 0) {
                restored.add(new Restored(assignment, name, entry));
            }
        }
        restored.sort(Comparator.comparingLong(weight -> weight.entry().getOffset()));
        return restored;
    }

    /** Divides the file. Of weights that overlap, in somebody else's index, the first one is mapped. */
    private void divide(List<Restored> restored) {
        long end = 0;
        for (Restored weight : restored) {
            WeightFile.Part part = weight.part();
            if (part.start() > end) {
                rows.add((part.start() - end) / VariablesFormat.ALIGNMENT);
                end = part.start();
            }
            if (part.start() == end) {
                rows.add(part.bytes() / VariablesFormat.ALIGNMENT);
                weights.add(part);
                end += part.bytes();
            }
            if (part.equals(weights.get(weights.size() - 1))) {
                map(weight, rows.size() - 1);
            }
        }
    }

    private void map(Restored weight, int part) {
        NodeDef variable = input(weight.assignment(), 0);
        String restore = input(weight.assignment(), 1).getName();
        assignments.add(weight.assignment().getName());
        variables.add(variable.getName());
        if (!values.containsKey(restore)) {
            values.put(restore, value(restore, weight.entry(), part));
            hostBytes += MemoryNeed.isOnGpu(variable) ? 0 : weight.entry().getSize();
        }
    }

    /** A part of the file {@code [rows, 64]}, in the weight's shape and type. */
    private NodeDef value(String restore, BundleEntryProto entry, int part) {
        LongStream sizes = entry.getShape().getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize);
        long[] bytes = LongStream.concat(sizes, LongStream.of(ELEMENT_BYTES.get(entry.getDtype()))).toArray();
        // [.., bytes of an element]
        NodeDef shaped = node("Reshape", restore + "/shaped").addInput(PARTS + ":" + part).addInput(constant(bytes))
                .putAttr("T", BYTE).putAttr("Tshape", LONG).build();
        added.put(shaped.getName(), shaped);
        return node("Bitcast", restore).addInput(shaped.getName()).putAttr("T", BYTE).putAttr("type", type(entry.getDtype()))
                .build();
    }

    /** Named by its values: what TensorFlow prepares a step with takes time for each node. */
    private String constant(long... values) {
        String name = SCOPE + LongStream.of(values).mapToObj(Long::toString).collect(Collectors.joining("_", "v", ""));
        added.computeIfAbsent(name, first -> constant(name, values));
        return name;
    }

    private static NodeDef constant(String name, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT64).setTensorShape(shape(values.length));
        LongStream.of(values).forEach(tensor::addInt64Val);
        return node("Const", name).putAttr("dtype", LONG).putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
                .build();
    }

    /** Lets what restored a weight become what gives its part, under the same name. */
    void change(GraphDef.Builder graph) {
        if (values.isEmpty()) {
            return;
        }
        for (int i = 0; i < graph.getNodeCount(); i++) {
            NodeDef node = graph.getNode(i);
            graph.setNode(i, gathers(node) ? gather(node) : values.getOrDefault(node.getName(), node));
        }
        TensorProto.Builder axis = TensorProto.newBuilder().setDtype(DataType.DT_INT32).addIntVal(0)
                .setTensorShape(TensorShapeProto.getDefaultInstance());
        graph.addNode(
                node("Const", AXIS).putAttr("dtype", INT).putAttr("value", AttrValue.newBuilder().setTensor(axis).build()));
        graph.addNode(file());
        graph.addNode(constant(PARTS + "/rows", rows.stream().mapToLong(Long::longValue).toArray()));
        graph.addNode(node("SplitV", PARTS).addInput(FILE).addInput(PARTS + "/rows").addInput(AXIS).putAttr("T", BYTE)
                .putAttr("Tlen", LONG).putAttr("num_split", AttrValue.newBuilder().setI(rows.size()).build()));
        graph.addAllNode(added.values());
    }

    private NodeDef file() {
        return node("ImmutableConst", FILE).putAttr("dtype", BYTE)
                .putAttr(NO_CONSTANT, AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance()).build())
                .putAttr("shape", AttrValue.newBuilder()
                        .setShape(shape(rows.stream().mapToLong(Long::longValue).sum(), VariablesFormat.ALIGNMENT)).build())
                .putAttr("memory_region_name", AttrValue.newBuilder()
                        .setS(ByteString.copyFromUtf8(file.toAbsolutePath().toString())).build())
                .build();
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
                .putAttr("Tindices", node.getAttrOrThrow("Tindices")).putAttr("Taxis", INT)
                .putAttr("batch_dims", node.getAttrOrDefault("batch_dims", AttrValue.newBuilder().setI(0).build())).build();
    }

    private static NodeDef.Builder node(String operation, String name) {
        return NodeDef.newBuilder().setOp(operation).setName(name).setDevice(Device.CPU.inGraph());
    }

    private static TensorShapeProto shape(long... sizes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        LongStream.of(sizes).forEach(size -> shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size)));
        return shape.build();
    }

    private static AttrValue type(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }
}
