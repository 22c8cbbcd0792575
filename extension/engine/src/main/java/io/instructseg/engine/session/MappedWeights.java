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
import java.util.stream.LongStream;
import java.util.stream.Stream;

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
 * Lets weights be parts of the mapped file, where the graph would restore them into memory of TensorFlow's allocator, which
 * never gives it back. One variable is the whole file; a step splits it, and each weight is a part, which shares its memory. So
 * loading has one variable to assign instead of thousands, for each of which TensorFlow would prepare nodes. On other devices
 * each weight stays a variable, which its part is assigned to: a GPU takes a copy.
 * <p>
 * What does not look like a model that we convert stays as it is (a variable that an operation may change, above all: the
 * mapping can't be written), and what does not begin and end at multiples of {@link VariablesFormat#ALIGNMENT}: TensorFlow
 * would copy it. In models that we convert, that is what ends elsewhere: small weights.
 */
final class MappedWeights {

    private static final String SCOPE = "mapped_weights/";
    /** The file in rows as long as the alignment: {@code [rows, 64]} bytes. */
    private static final String FILE = SCOPE + "file";
    /** The variable that keeps it mapped. */
    private static final String VARIABLE = SCOPE + "variable";
    private static final String ASSIGNMENT = SCOPE + "assignment";
    /** Its rows: those of a weight each, and of what is between them. */
    private static final String PARTS = SCOPE + "parts";
    /** The same for other devices: not of the variable, so that the mapping ends when a GPU has its copies. */
    private static final String ASSIGNED_PARTS = SCOPE + "assigned_parts";
    /** The first one, of rows to gather and to split. */
    private static final String AXIS = SCOPE + "axis";
    /**
     * TensorFlow takes a node without inputs for a constant, and would copy each weight when it prepares the step; not a node
     * that has this attribute, which names the memory for some of its outputs: here for none.
     */
    private static final String NO_CONSTANT = "_scoped_allocator";
    /** Before the name of a node, in the list of those that one wants to be placed with. */
    private static final String WITH = "loc:@";
    private static final AttrValue BYTE = type(DataType.DT_UINT8);
    private static final AttrValue INT = type(DataType.DT_INT32);
    private static final AttrValue LONG = type(DataType.DT_INT64);
    private static final Map<DataType, Integer> ELEMENT_BYTES = Map.of(DataType.DT_FLOAT, Integer.BYTES, DataType.DT_BFLOAT16,
            Short.BYTES, DataType.DT_HALF, Short.BYTES);

    private final Map<String, NodeDef> nodes = new HashMap<>();
    /** Variables that something else takes than one assignment and what reads them, or of which there are other handles. */
    private final Set<String> changeable = new HashSet<>();
    /** What other nodes want to be placed with. */
    private final Set<String> named = new HashSet<>();
    /** The parts of weights that stay mapped, by their variable's name. */
    private final Map<String, Part> parts = new HashMap<>();
    /** What restored a weight of another device, by its name, and the part that takes its place. */
    private final Map<String, NodeDef> assigned = new HashMap<>();
    /** Names of those weights' variables that share the mapping's memory. */
    private final Set<String> sharing = new HashSet<>();
    private final Map<String, NodeDef> added = new LinkedHashMap<>();
    private final Map<List<Long>, String> constants = new HashMap<>();
    /** How many inputs each node is. */
    private final Map<String, Integer> users = new HashMap<>();
    /** Names of what has restored mapped weights, and their variables. */
    private final Set<String> removed = new HashSet<>();
    private final Set<String> assignments = new HashSet<>();
    private final List<WeightFile.Part> weights = new ArrayList<>();
    /** Rows of all parts of the file, weights and what is between them. */
    private final List<Long> rows = new ArrayList<>();
    private final Path file;
    private final String restore;
    private final String prefix;
    private long hostBytes;

    /** An assignment, and where the weight lies that it restores. */
    private record Restored(NodeDef assignment, String weight, BundleEntryProto entry) {

        WeightFile.Part part() {
            return new WeightFile.Part(weight, entry.getOffset(), entry.getSize(), entry.getCrc32C());
        }
    }

    /**
     * A weight in the file.
     *
     * @param bytes name of the node that gives its bytes, in its shape {@code [.., bytes of an element]}
     * @param type of its elements
     */
    private record Part(String bytes, AttrValue type) {
    }

    private MappedWeights(MetaGraphDef.Builder model, Path directory) {
        this.file = WeightIndex.file(directory);
        this.restore = model.getSaverDef().getRestoreOpName();
        this.prefix = model.getSaverDef().getFilenameTensorName();
        // it is fed, too
        users.put(TensorNames.node(prefix), 1);
        Set<String> written = new HashSet<>();
        Map<String, String> resources = new HashMap<>();
        for (NodeDef node : model.getGraphDef().getNodeList()) {
            nodes.put(node.getName(), node);
            List<String> inputs = node.getInputList().stream().map(TensorNames::node).toList();
            inputs.forEach(input -> users.merge(input, 1, Integer::sum));
            neighbours(node).forEach(named::add);
            if (node.getOp().equals("VarHandleOp")) {
                String other = resources.put(resource(node), node.getName());
                changeable.addAll(other == null ? List.of() : List.of(other, node.getName()));
            } else if (!isRead(node) && !isAssignment(node) || isAssignment(node) && !written.add(inputs.get(0))) {
                changeable.addAll(inputs);
            }
        }
    }

    /** Nodes that one wants to be placed with. */
    private static Stream<String> neighbours(NodeDef node) {
        return node.getAttrOrDefault("_class", AttrValue.getDefaultInstance()).getList().getSList().stream()
                .map(ByteString::toStringUtf8).filter(name -> name.startsWith(WITH)).map(name -> name.substring(WITH.length()));
    }

    /** Which variable a handle is of. */
    private static String resource(NodeDef handle) {
        AttrValue none = AttrValue.getDefaultInstance();
        return handle.getAttrOrDefault("container", none).getS().toStringUtf8() + "/"
                + handle.getAttrOrDefault("shared_name", none).getS().toStringUtf8();
    }

    /** Whether it takes a variable's value, or rows of it, whenever it is asked for. */
    private static boolean isRead(NodeDef node) {
        boolean gathers = node.getOp().equals("ResourceGather") && node.getInputCount() == 2
                && !node.getInput(1).startsWith("^") && node.containsAttr("Tindices")
                && node.getAttrOrDefault("batch_dims", AttrValue.getDefaultInstance()).getI() == 0;
        boolean reads = node.getOp().equals("ReadVariableOp") && node.getInputCount() == 1;
        return (reads || gathers) && node.containsAttr("dtype");
    }

    private static boolean isAssignment(NodeDef node) {
        return node.getOp().equals("AssignVariableOp") && node.getInputCount() > 0;
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

    /** The operations that assign what is mapped: the file itself, and its parts to variables of other devices. */
    Set<String> assignments() {
        return assignments;
    }

    /** Of what stays mapped: the weights of the host. */
    long hostBytes() {
        return hostBytes;
    }

    private boolean restoresOneWeight(NodeDef assignment) {
        if (!isAssignment(assignment) || assignment.getInputCount() != 2 || assignment.getName().equals(restore)) {
            return false;
        }
        NodeDef variable = input(assignment, 0);
        NodeDef value = input(assignment, 1);
        return variable.getOp().equals("VarHandleOp") && hasSize(variable) && !changeable.contains(variable.getName())
                && value.getOp().equals("RestoreV2")
                && value.getInputCount() == 3 && isPrefix(value.getInput(0)) && strings(input(value, 1)).size() == 1
                && strings(input(value, 2)).equals(List.of(ByteString.EMPTY))
                && Stream.of(assignment, variable, value, input(value, 1), input(value, 2))
                        .noneMatch(node -> named.contains(node.getName()));
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
        String device = input(weight.assignment(), 0).getDevice();
        if (device.isEmpty() || device.equals(Device.CPU.inGraph())) {
            share(weight, part);
        } else {
            assign(weight, part);
        }
    }

    private void share(Restored weight, int part) {
        NodeDef variable = input(weight.assignment(), 0);
        String name = input(weight.assignment(), 1).getName() + "/shared";
        hostBytes += added.containsKey(name) ? 0 : weight.entry().getSize();
        parts.put(variable.getName(),
                new Part(bytes(name, weight.entry(), PARTS + ":" + part), type(weight.entry().getDtype())));
        assignments.add(ASSIGNMENT);
        removed.add(variable.getName());
        removed.add(weight.assignment().getName());
        releaseInputs(weight.assignment());
    }

    private void assign(Restored weight, int part) {
        NodeDef variable = input(weight.assignment(), 0);
        NodeDef value = input(weight.assignment(), 1);
        assignments.add(weight.assignment().getName());
        if (!assigned.containsKey(value.getName())) {
            String bytes = bytes(value.getName() + "/assigned", weight.entry(), ASSIGNED_PARTS + ":" + part);
            assigned.put(value.getName(), bitcast(value.getName(), bytes, type(weight.entry().getDtype())).build());
            hostBytes += MemoryNeed.isOnGpu(variable) ? 0 : weight.entry().getSize();
            releaseInputs(value);
        }
        if (!MemoryNeed.isOnGpu(variable)) {
            sharing.add(variable.getName());
        }
    }

    private void releaseInputs(NodeDef node) {
        node.getInputList().forEach(input -> release(TensorNames.node(input)));
    }

    /** It has a user less. Without any, it goes, and what it has used alone. */
    private void release(String name) {
        if (users.merge(name, -1, Integer::sum) == 0 && removed.add(name) && nodes.containsKey(name)) {
            releaseInputs(nodes.get(name));
        }
    }

    /** A part of the file {@code [rows, 64]} in the shape of a weight: {@code [.., bytes of an element]}. */
    private String bytes(String name, BundleEntryProto entry, String part) {
        LongStream sizes = entry.getShape().getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize);
        long[] shape = LongStream.concat(sizes, LongStream.of(ELEMENT_BYTES.get(entry.getDtype()))).toArray();
        add(node("Reshape", name).addInput(part).addInput(constant(shape)).putAttr("T", BYTE).putAttr("Tshape", LONG));
        return name;
    }

    /** Elements of a type. */
    private static NodeDef.Builder bitcast(String name, String bytes, AttrValue type) {
        return node("Bitcast", name).addInput(bytes).putAttr("T", BYTE).putAttr("type", type);
    }

    private void add(NodeDef.Builder node) {
        added.put(node.getName(), node.build());
    }

    /** One for equal values: what TensorFlow prepares a step with takes time for each node. */
    private String constant(long... values) {
        return constants.computeIfAbsent(LongStream.of(values).boxed().toList(), first -> {
            String name = SCOPE + "constant_" + constants.size();
            added.put(name, constant(name, values));
            return name;
        });
    }

    private static NodeDef constant(String name, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setDtype(DataType.DT_INT64).setTensorShape(shape(values.length));
        LongStream.of(values).forEach(tensor::addInt64Val);
        return node("Const", name).putAttr("dtype", LONG).putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
                .build();
    }

    /** Lets the graph take its weights from the file. */
    void change(GraphDef.Builder graph) {
        if (assignments.isEmpty()) {
            return;
        }
        List<NodeDef> changed = graph.getNodeList().stream().filter(node -> !removed.contains(node.getName()))
                .map(this::change).toList();
        addFile();
        graph.clearNode().addAllNode(changed).addAllNode(added.values());
    }

    private NodeDef change(NodeDef given) {
        NodeDef node = waitForFile(given);
        String first = node.getInputCount() == 0 ? "" : TensorNames.node(node.getInput(0));
        boolean gathers = node.getOp().equals("ResourceGather");
        if (parts.containsKey(first)) {
            Part part = parts.get(first);
            NodeDef.Builder value = bitcast(node.getName() + (gathers ? "/value" : ""), part.bytes(), part.type());
            return gathers ? gather(node, value) : value.build();
        }
        if (gathers && sharing.contains(first)) {
            return gather(node, node("ReadVariableOp", node.getName() + "/value").addInput(first).putAttr("dtype",
                    node.getAttrOrThrow("dtype")));
        }
        return assigned.getOrDefault(node.getName(), node);
    }

    /** What waits for assignments that are no more waits for the file's. */
    private NodeDef waitForFile(NodeDef node) {
        List<String> others = node.getInputList().stream().filter(input -> !waitsForRemoved(input)).toList();
        return others.size() == node.getInputCount() ? node
                : node.toBuilder().clearInput().addAllInput(others).addInput("^" + ASSIGNMENT).build();
    }

    private boolean waitsForRemoved(String input) {
        return input.startsWith("^") && removed.contains(TensorNames.node(input));
    }

    /**
     * Rows of a weight's value: for rows of a variable itself TensorFlow would copy all of it, if it shared memory.
     */
    private NodeDef gather(NodeDef node, NodeDef.Builder value) {
        add(value.setDevice(node.getDevice()));
        return node("GatherV2", node.getName()).setDevice(node.getDevice()).addInput(value.getName())
                .addInput(node.getInput(1)).addInput(AXIS).putAttr("Tparams", node.getAttrOrThrow("dtype"))
                .putAttr("Tindices", node.getAttrOrThrow("Tindices")).putAttr("Taxis", INT)
                .build();
    }

    private void addFile() {
        AttrValue shape = AttrValue.newBuilder()
                .setShape(shape(rows.stream().mapToLong(Long::longValue).sum(), VariablesFormat.ALIGNMENT)).build();
        add(node("ImmutableConst", FILE).putAttr("dtype", BYTE).putAttr("shape", shape)
                .putAttr(NO_CONSTANT, AttrValue.newBuilder().setList(AttrValue.ListValue.getDefaultInstance()).build())
                .putAttr("memory_region_name", AttrValue.newBuilder()
                        .setS(ByteString.copyFromUtf8(file.toAbsolutePath().toString())).build()));
        add(node("VarHandleOp", VARIABLE).putAttr("dtype", BYTE).putAttr("shape", shape).putAttr("shared_name",
                AttrValue.newBuilder().setS(ByteString.copyFromUtf8(VARIABLE)).build()));
        add(node("AssignVariableOp", ASSIGNMENT).addInput(VARIABLE).addInput(FILE).putAttr("dtype", BYTE));
        add(node("ReadVariableOp", VARIABLE + "/value").addInput(VARIABLE).putAttr("dtype", BYTE));
        TensorProto.Builder axis = TensorProto.newBuilder().setDtype(DataType.DT_INT32).addIntVal(0)
                .setTensorShape(TensorShapeProto.getDefaultInstance());
        add(node("Const", AXIS).putAttr("dtype", INT).putAttr("value", AttrValue.newBuilder().setTensor(axis).build()));
        addParts(PARTS, VARIABLE + "/value");
        addParts(ASSIGNED_PARTS, FILE);
    }

    private void addParts(String name, String bytes) {
        String sizes = constant(rows.stream().mapToLong(Long::longValue).toArray());
        add(node("SplitV", name).addInput(bytes).addInput(sizes).addInput(AXIS).putAttr("T", BYTE).putAttr("Tlen", LONG)
                .putAttr("num_split", AttrValue.newBuilder().setI(rows.size()).build()));
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
