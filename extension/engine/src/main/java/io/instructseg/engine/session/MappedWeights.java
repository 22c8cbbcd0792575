package io.instructseg.engine.session;

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
 * would
 * copy it. In models that we convert, that is what ends elsewhere: small weights.
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
    private final WeightIndex index;
    private final List<WeightIndex.Part> parts;
    private final String prefix;
    private long hostBytes;

    private MappedWeights(MetaGraphDef.Builder model, WeightIndex index) {
        this.index = index;
        this.parts = index.parts();
        for (NodeDef node : model.getGraphDef().getNodeList()) {
            nodes.put(node.getName(), node);
            if (!USERS.contains(node.getOp())) {
                node.getInputList().forEach(input -> changeable.add(TensorNames.node(input)));
            }
        }
        prefix = model.getSaverDef().getFilenameTensorName();
    }

    /**
     * Changes the graph, as far as it restores weights as models that we convert do.
     *
     * @param model with its devices
     * @param index of its weights, whose bytes have to be checked by a {@link WeightFile}
     * @throws ModelException if a weight is missing, of another type or shape than its variable, or beyond the file's end
     */
    static MappedWeights map(MetaGraphDef.Builder model, WeightIndex index) throws ModelException {
        MappedWeights mapped = new MappedWeights(model, index);
        if (!mapped.parts.isEmpty()) {
            for (NodeDef assignment : model.getGraphDef().getNodeList()) {
                if (mapped.restoresOneWeight(assignment)) {
                    mapped.map(assignment);
                }
            }
        }
        if (!mapped.values.isEmpty()) {
            mapped.change(model.getGraphDefBuilder());
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

    private void map(NodeDef assignment) throws ModelException {
        NodeDef variable = input(assignment, 0);
        NodeDef restore = input(assignment, 1);
        String name = strings(input(restore, 1)).get(0).toStringUtf8();
        BundleEntryProto entry = index.entry(name, variable);
        int part = index.part(entry);
        if (part < 0) {
            return;
        }
        assignments.add(assignment.getName());
        variables.add(variable.getName());
        if (!values.containsKey(restore.getName())) {
            values.put(restore.getName(), value(restore.getName(), entry, part));
            hostBytes += MemoryNeed.isOnGpu(variable) ? 0 : entry.getSize();
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

    /** What restored a weight becomes what gives its part, under the same name. */
    private void change(GraphDef.Builder graph) {
        for (int i = 0; i < graph.getNodeCount(); i++) {
            NodeDef node = graph.getNode(i);
            graph.setNode(i, gathers(node) ? gather(node) : values.getOrDefault(node.getName(), node));
        }
        TensorProto.Builder axis = TensorProto.newBuilder().setDtype(DataType.DT_INT32).addIntVal(0)
                .setTensorShape(TensorShapeProto.getDefaultInstance());
        graph.addNode(
                node("Const", AXIS).putAttr("dtype", INT).putAttr("value", AttrValue.newBuilder().setTensor(axis).build()));
        graph.addNode(file());
        long[] rows = parts.stream().mapToLong(part -> part.bytes() / VariablesFormat.ALIGNMENT).toArray();
        graph.addNode(constant(PARTS + "/rows", rows));
        graph.addNode(node("SplitV", PARTS).addInput(FILE).addInput(PARTS + "/rows").addInput(AXIS).putAttr("T", BYTE)
                .putAttr("Tlen", LONG).putAttr("num_split", AttrValue.newBuilder().setI(rows.length).build()));
        graph.addAllNode(added.values());
    }

    private NodeDef file() {
        long rows = parts.stream().mapToLong(WeightIndex.Part::bytes).sum() / VariablesFormat.ALIGNMENT;
        return node("ImmutableConst", FILE).putAttr("dtype", BYTE)
                .putAttr(NO_CONSTANT, AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance()).build())
                .putAttr("shape", AttrValue.newBuilder().setShape(shape(rows, VariablesFormat.ALIGNMENT)).build())
                .putAttr("memory_region_name", AttrValue.newBuilder()
                        .setS(ByteString.copyFromUtf8(index.file().toAbsolutePath().toString())).build())
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
