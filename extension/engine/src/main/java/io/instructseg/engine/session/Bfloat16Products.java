package io.instructseg.engine.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.NodeDefOrBuilder;

import io.instructseg.format.Precision;
import io.instructseg.format.Signature;
import io.instructseg.tensorflow.Processor;

/**
 * Lets a model in bfloat16 compute in float32, for a processor that has no instructions for it: TensorFlow's loops for that
 * take several times as long as float32's products (docs/performance.md). Weights stay bfloat16 in memory, and each is cast
 * when what multiplies it is about to run. Results are closer to float32's: of the
 * activations, only keys and values are rounded.
 */
public final class Bfloat16Products {

    /** What keeps weights and hands them out, in the type that they have. */
    private static final Set<String> STORAGE = Set.of("VarHandleOp", "ReadVariableOp", "ResourceGather", "AssignVariableOp",
            "RestoreV2");
    /** Within the names of what stores keys and values, and casts them itself. */
    private static final String CACHE = "/" + Signature.CACHE_SCOPE + "/";
    /** What has values of its own that would have to be changed, too. */
    private static final Set<String> HOLDERS = Set.of("Const", "Placeholder", "PlaceholderWithDefault");
    private static final AttrValue FLOAT = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
    private static final AttrValue BFLOAT16 = AttrValue.newBuilder().setType(DataType.DT_BFLOAT16).build();

    private final GraphDef.Builder graph;
    /** Names of the nodes that take and give tensors of signatures in bfloat16. */
    private final Set<String> signatures = new HashSet<>();
    /** Weights, and what hands them out. */
    private final Map<String, NodeDef> stored = new HashMap<>();
    private final List<NodeDef> casts = new ArrayList<>();

    private Bfloat16Products(MetaGraphDef.Builder model) {
        this.graph = model.getGraphDefBuilder();
        model.getSignatureDefMap().values().stream()
                .flatMap(signature -> Stream.concat(signature.getInputsMap().values().stream(),
                        signature.getOutputsMap().values().stream()))
                .filter(tensor -> tensor.getDtype() == DataType.DT_BFLOAT16)
                .forEach(tensor -> signatures.add(TensorNames.node(tensor.getName())));
        graph.getNodeList().stream().filter(node -> STORAGE.contains(node.getOp()) && isBfloat16(node))
                .forEach(node -> stored.put(node.getName(), node));
    }

    /** In which precision a model's products run: its own, but for bfloat16 on a processor without instructions for it. */
    public static Precision precision(Precision model, Processor processor) {
        return model == Precision.BFLOAT16 && processor.lacksBfloat16() ? Precision.FLOAT32 : model;
    }

    /**
     * @param model with its devices: what is on a GPU stays as it is. One of other origin that keeps values itself does, too
     */
    static void widen(MetaGraphDef.Builder model) {
        GraphDef.Builder graph = model.getGraphDefBuilder();
        if (graph.getLibrary().getFunctionCount() > 0
                || graph.getNodeList().stream().noneMatch(Bfloat16Products::isBfloat16)) {
            return;
        }
        Bfloat16Products products = new Bfloat16Products(model);
        if (graph.getNodeList().stream().noneMatch(products::isForeign)) {
            graph.getNodeBuilderList().forEach(products::widen);
            graph.addAllNode(products.casts);
        }
    }

    private static boolean isBfloat16(NodeDef node) {
        return node.getAttrMap().containsValue(BFLOAT16);
    }

    /** Whether it holds, takes or gives bfloat16 where models that we convert do not. */
    private boolean isForeign(NodeDef node) {
        boolean holds = HOLDERS.contains(node.getOp());
        return !keepsType(node) && node.getAttrMap().values().stream().anyMatch(value -> holds && value.equals(BFLOAT16)
                || value.getList().getTypeList().contains(DataType.DT_BFLOAT16))
                || node.getInputList().stream().map(TensorNames::node).anyMatch(input -> passCache(input, node.getName()));
    }

    /** Whether a tensor of a signature in bfloat16 is one of two nodes, and the other one does not store it. */
    private boolean passCache(String input, String user) {
        return signatures.contains(input) && !isCache(user) || signatures.contains(user) && !isCache(input);
    }

    /** Whether it has to do with what is stored: weights, or keys and values. */
    private boolean keepsType(NodeDefOrBuilder node) {
        return STORAGE.contains(node.getOp()) || isCache(node.getName());
    }

    private boolean isCache(String node) {
        return node.contains(CACHE) || signatures.contains(node) || node.startsWith(SessionTensorNodes.SCOPE);
    }

    private void widen(NodeDef.Builder node) {
        boolean casts = node.getOp().equals("Cast") && storage(node.getInput(0)).isPresent();
        if (keepsType(node) || casts || MemoryNeed.isOnGpu(node)) {
            return;
        }
        Map.copyOf(node.getAttrMap()).forEach((name, value) -> {
            if (value.equals(BFLOAT16)) {
                node.putAttr(name, FLOAT);
            }
        });
        for (int i = 0; i < node.getInputCount(); i++) {
            if (storage(node.getInput(i)).isPresent()) {
                node.setInput(i, cast(node, i));
            }
        }
    }

    /** The weight that an input is, if it is bfloat16. */
    private Optional<NodeDef> storage(String input) {
        return input.startsWith("^") ? Optional.empty() : Optional.ofNullable(stored.get(TensorNames.node(input)));
    }

    /** After the other inputs: casts that wait for nothing would have all weights twice in memory, and more. */
    private String cast(NodeDef.Builder user, int input) {
        NodeDef.Builder cast = NodeDef.newBuilder().setOp("Cast").setName(user.getName() + "/float32_" + input)
                .setDevice(user.getDevice()).addInput(user.getInput(input)).putAttr("SrcT", BFLOAT16).putAttr("DstT", FLOAT);
        for (int i = 0; i < user.getInputCount(); i++) {
            if (i != input && !user.getInput(i).startsWith("^")) {
                cast.addInput("^" + TensorNames.node(user.getInput(i)));
            }
        }
        casts.add(cast.build());
        return cast.getName();
    }
}
