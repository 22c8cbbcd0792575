package io.instructseg.engine.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

import io.instructseg.format.Precision;
import io.instructseg.tensorflow.Processor;

/**
 * Lets a model in bfloat16 compute in float32, for a processor that has no instructions for it: TensorFlow's loops for that
 * take several times as long as float32's products (docs/performance.md). Weights stay bfloat16 in memory, and each is cast
 * when what multiplies it is about to run. Results are closer to float32's: activations are not rounded.
 */
public final class Bfloat16Products {

    /** What keeps weights and hands them out, in the type that they have. */
    private static final Set<String> STORAGE = Set.of("VarHandleOp", "ReadVariableOp", "ResourceGather", "AssignVariableOp",
            "RestoreV2");
    /** What has values of its own that would have to be changed, too. */
    private static final Set<String> HOLDERS = Set.of("Const", "Placeholder", "PlaceholderWithDefault");
    private static final AttrValue FLOAT = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
    private static final AttrValue BFLOAT16 = AttrValue.newBuilder().setType(DataType.DT_BFLOAT16).build();

    private final GraphDef.Builder graph;
    private final Map<String, NodeDef> stored = new HashMap<>();
    private final List<NodeDef> casts = new ArrayList<>();

    private Bfloat16Products(GraphDef.Builder graph) {
        this.graph = graph;
        graph.getNodeList().stream().filter(node -> STORAGE.contains(node.getOp()) && isBfloat16(node))
                .forEach(node -> stored.put(node.getName(), node));
    }

    /** In which precision a model's products run: its own, but for bfloat16 on a processor without instructions for it. */
    public static Precision precision(Precision model, Processor processor) {
        return model == Precision.BFLOAT16 && processor.lacksBfloat16() ? Precision.FLOAT32 : model;
    }

    /**
     * @param graph with its devices: what is on a GPU stays as it is. One of other origin that keeps values itself does, too
     */
    static void widen(GraphDef.Builder graph) {
        List<NodeDef> nodes = graph.getNodeList();
        if (graph.getLibrary().getFunctionCount() > 0 || nodes.stream().noneMatch(Bfloat16Products::isBfloat16)
                || nodes.stream().anyMatch(Bfloat16Products::isForeign)) {
            return;
        }
        Bfloat16Products products = new Bfloat16Products(graph);
        graph.getNodeBuilderList().forEach(products::widen);
        graph.addAllNode(products.casts);
    }

    private static boolean isBfloat16(NodeDef node) {
        return node.getAttrMap().containsValue(BFLOAT16);
    }

    /** Whether it holds or takes bfloat16 where models that we convert do not. */
    private static boolean isForeign(NodeDef node) {
        boolean holds = HOLDERS.contains(node.getOp());
        return !STORAGE.contains(node.getOp()) && node.getAttrMap().values().stream()
                .anyMatch(value -> holds && value.equals(BFLOAT16)
                        || value.getList().getTypeList().contains(DataType.DT_BFLOAT16));
    }

    private void widen(NodeDef.Builder node) {
        boolean casts = node.getOp().equals("Cast") && storage(node.getInput(0)).isPresent();
        if (STORAGE.contains(node.getOp()) || casts || MemoryNeed.isOnGpu(node)) {
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
