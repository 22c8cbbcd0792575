package io.instructseg.engine.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

import io.instructseg.format.Signature;

/**
 * Sets the device of each node. In models that we convert, a module's operations are in the scope of its signature's key; what
 * is in none, variables and what reads them, belongs to the first module that uses it, in the signatures' order. Other models
 * can only be placed as a whole.
 */
final class NodePlacement {

    private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
    private final Map<String, Signature> owners = new HashMap<>();
    private final Map<Signature, Device> devices;

    private NodePlacement(GraphDef graph, Map<Signature, Device> devices) {
        graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
        this.devices = devices;
    }

    /** @throws ModelException if the modules' devices differ and the model is not one that we converted */
    static void place(MetaGraphDef.Builder model, Map<Signature, Device> devices) throws ModelException {
        Set<Device> distinct = new HashSet<>(devices.values());
        if (distinct.size() == 1) {
            placeAll(model.getGraphDefBuilder(), distinct.iterator().next().inGraph());
            return;
        }
        requireScopes(model.getSignatureDefMap());
        NodePlacement placement = new NodePlacement(model.getGraphDef(), devices);
        placement.findOwners();
        placement.place(model.getGraphDefBuilder());
    }

    private static void placeAll(GraphDef.Builder graph, String device) {
        graph.getNodeBuilderList().forEach(node -> node.setDevice(device));
        for (FunctionDef.Builder function : graph.getLibraryBuilder().getFunctionBuilderList()) {
            function.getNodeDefBuilderList().forEach(node -> node.setDevice(device));
        }
    }

    private static void requireScopes(Map<String, SignatureDef> definitions) throws ModelException {
        for (Signature signature : SignatureCheck.offered(definitions)) {
            SignatureDef definition = definitions.get(signature.key());
            for (TensorInfo tensor : definition.getOutputsMap().values()) {
                if (!tensor.getName().startsWith(signature.key() + "/")) {
                    throw new ModelException("only a model that 'instructseg convert' wrote can have modules on different "
                            + "devices: signature " + signature.key() + " of this one gives " + tensor.getName()
                            + ", which is not in its scope; place the whole model on one device");
                }
            }
        }
    }

    private void findOwners() {
        for (Signature signature : Signature.values()) {
            Deque<NodeDef> pending = new ArrayDeque<>();
            nodes.values().stream().filter(node -> scope(node) == signature).forEach(pending::add);
            while (!pending.isEmpty()) {
                NodeDef user = pending.remove();
                owners.put(user.getName(), signature);
                inputs(user).filter(node -> scope(node) == null && !owners.containsKey(node.getName())).forEach(pending::add);
            }
        }
    }

    private static Signature scope(NodeDef node) {
        for (Signature signature : Signature.values()) {
            if (node.getName().startsWith(signature.key() + "/")) {
                return signature;
            }
        }
        return null;
    }

    private Stream<NodeDef> inputs(NodeDef node) {
        return node.getInputList().stream().map(input -> nodes.get(TensorNames.node(input))).filter(Objects::nonNull);
    }

    /** What takes a variable's resource is where the variable is, whoever uses the result. */
    private void place(GraphDef.Builder graph) {
        for (NodeDef.Builder node : graph.getNodeBuilderList()) {
            String owner = inputs(node.build()).filter(input -> input.getOp().equals("VarHandleOp")).map(NodeDef::getName)
                    .findFirst().orElse(node.getName());
            Signature module = owners.get(owner);
            node.setDevice(module == null ? "" : devices.get(module).inGraph());
        }
    }
}
