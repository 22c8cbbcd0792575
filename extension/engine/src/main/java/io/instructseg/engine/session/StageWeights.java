package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;

import io.instructseg.format.Signature;

/**
 * How many bytes of weights each stage reads when it runs: those that its outputs depend on. Tables from which only some rows
 * are gathered (the words' embedding) don't count.
 */
public final class StageWeights {

    private final Map<String, NodeDef> nodes = new HashMap<>();

    private StageWeights(MetaGraphDef graph) {
        graph.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    }

    /**
     * Reads a model's graph, without loading the model.
     *
     * @return bytes, by the signatures that the model has
     * @throws ModelException if there is no model, or it is damaged
     */
    public static Map<Signature, Long> read(Path directory) throws IOException {
        MetaGraphDef graph = ModelDescription.graph(directory);
        StageWeights weights = new StageWeights(graph);
        Map<Signature, Long> bytes = new EnumMap<>(Signature.class);
        for (Signature signature : Signature.values()) {
            SignatureDef definition = graph.getSignatureDefMap().get(signature.key());
            if (definition != null) {
                bytes.put(signature, weights.bytes(definition));
            }
        }
        return bytes;
    }

    private long bytes(SignatureDef definition) {
        Set<String> seen = new HashSet<>();
        Deque<String> pending = new ArrayDeque<>();
        definition.getOutputsMap().values().forEach(output -> pending.add(TensorNames.node(output.getName())));
        long bytes = 0;
        while (!pending.isEmpty()) {
            String name = pending.remove();
            NodeDef node = nodes.get(name);
            if (node == null || !seen.add(name)) {
                continue;
            }
            if (node.getOp().equals("VarHandleOp")) {
                bytes += ModelDescription.bytes(node);
            }
            node.getInputList().stream().skip(node.getOp().equals("ResourceGather") ? 1 : 0).map(TensorNames::node)
                    .forEach(pending::add);
        }
        return bytes;
    }
}
