package io.instructseg.engine.session;

import java.util.Map;
import java.util.function.UnaryOperator;

import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** Changes a graph into one that somebody else could have written. */
final class ForeignModel {

    private ForeignModel() {
    }

    /** Moves nodes from one scope to another. */
    static void rename(MetaGraphDef.Builder model, String scope, String other) {
        UnaryOperator<String> renamed = name -> name.startsWith(scope) ? other + name.substring(scope.length())
                : name.startsWith("^" + scope) ? "^" + other + name.substring(scope.length() + 1) : name;
        for (NodeDef.Builder node : model.getGraphDefBuilder().getNodeBuilderList()) {
            node.setName(renamed.apply(node.getName()));
        }
        replace(model, renamed);
    }

    /** Lets all that reads a node, and the signatures that name it, read another one. */
    static void redirect(MetaGraphDef.Builder model, String node, String other) {
        replace(model, name -> TensorNames.node(name).equals(node) ? name.replace(node, other) : name);
    }

    private static void replace(MetaGraphDef.Builder model, UnaryOperator<String> replaced) {
        for (NodeDef.Builder node : model.getGraphDefBuilder().getNodeBuilderList()) {
            for (int i = 0; i < node.getInputCount(); i++) {
                node.setInput(i, replaced.apply(node.getInput(i)));
            }
        }
        Map.copyOf(model.getSignatureDefMap()).forEach((key, definition) -> {
            SignatureDef.Builder changed = definition.toBuilder();
            definition.getInputsMap().forEach((name, tensor) -> changed.putInputs(name, named(tensor, replaced)));
            definition.getOutputsMap().forEach((name, tensor) -> changed.putOutputs(name, named(tensor, replaced)));
            model.putSignatureDef(key, changed.build());
        });
    }

    private static TensorInfo named(TensorInfo tensor, UnaryOperator<String> replaced) {
        return tensor.toBuilder().setName(replaced.apply(tensor.getName())).build();
    }
}
