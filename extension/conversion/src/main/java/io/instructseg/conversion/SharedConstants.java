package io.instructseg.conversion;

import java.util.HashMap;
import java.util.Map;

import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Makes one of a graph's equal constants: half of the nodes that are built are axes, sizes and the like, again and again, and
 * each node takes time whenever a model is loaded. One for each signature, as modules can be on different devices.
 */
final class SharedConstants {

    /** What stands for a constant: by its definition without its name, and by the name. */
    private final Map<NodeDef, String> firsts = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();

    private SharedConstants() {
    }

    static GraphDef share(GraphDef graph) {
        SharedConstants constants = new SharedConstants();
        GraphDef.Builder shared = graph.toBuilder().clearNode();
        for (NodeDef node : graph.getNodeList()) {
            if (!node.getOp().equals("Const") || constants.isFirst(node)) {
                shared.addNode(node);
            }
        }
        shared.getNodeBuilderList().forEach(constants::rename);
        return shared.build();
    }

    private boolean isFirst(NodeDef constant) {
        String scope = constant.getName().substring(0, constant.getName().indexOf('/') + 1);
        String first = firsts.putIfAbsent(constant.toBuilder().setName(scope).build(), constant.getName());
        if (first == null) {
            return true;
        }
        names.put(constant.getName(), first);
        return false;
    }

    private void rename(NodeDef.Builder node) {
        for (int i = 0; i < node.getInputCount(); i++) {
            String input = node.getInput(i);
            // a control input begins with ^; a constant has no other output than the first, which has no number
            String prefix = input.startsWith("^") ? "^" : "";
            String constant = names.get(input.substring(prefix.length()));
            if (constant != null) {
                node.setInput(i, prefix + constant);
            }
        }
    }
}
