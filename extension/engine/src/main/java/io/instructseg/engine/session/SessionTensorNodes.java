package io.instructseg.engine.session;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

import io.instructseg.format.Signature;
import io.instructseg.format.TensorSpec;

/**
 * Lets tensors between stages stay on their devices: an output that another stage takes can be left in the session under a
 * handle, and what was a placeholder for it gets it back from the handle. The placeholders keep their names and can be fed as
 * before. A stage that takes what it gave itself is no different.
 * <p>
 * A tensor is read where it was made: TensorFlow would take any other device's memory for its own. The copy to another
 * module's device is TensorFlow's, within the step.
 */
final class SessionTensorNodes {

    /** Of the names of all of them. */
    static final String SCOPE = "session_tensors/";

    /** Takes a handle, and forgets the tensor. */
    static final String DELETED = SCOPE + "deleted";
    static final String DELETE = SCOPE + "delete";

    private final Map<Signature, Device> devices;
    private final Map<String, SignatureDef> definitions;
    private final GraphDef.Builder graph;
    private final Map<String, NodeDef.Builder> nodes = new HashMap<>();

    private SessionTensorNodes(MetaGraphDef.Builder model, Map<Signature, Device> devices) {
        this.devices = devices;
        this.definitions = model.getSignatureDefMap();
        this.graph = model.getGraphDefBuilder();
        graph.getNodeBuilderList().forEach(node -> nodes.put(node.getName(), node));
    }

    /** @throws ModelException if a stage takes a tensor of another one by something else than a placeholder of its own */
    static void add(MetaGraphDef.Builder model, Map<Signature, Device> devices) throws ModelException {
        SessionTensorNodes added = new SessionTensorNodes(model, devices);
        Set<Signature> offered = SignatureCheck.offered(model.getSignatureDefMap());
        for (Signature stage : offered) {
            for (TensorSpec input : stage.inputs()) {
                if (stagesOf().containsKey(input.name())) {
                    added.receive(stage, input.name());
                }
            }
        }
        stagesOf().forEach((output, stage) -> {
            if (offered.contains(stage)) {
                added.keep(stage, output);
            }
        });
        added.graph.addNode(added.node("Placeholder", DELETED, null).putAttr("dtype", type(DataType.DT_STRING)));
        added.graph.addNode(added.node("DeleteSessionTensor", DELETE, null).addInput(DELETED));
    }

    /** The tensors between stages, by name, with the stage that gives them. */
    static Map<String, Signature> stagesOf() {
        Map<String, Signature> stages = new LinkedHashMap<>();
        for (Signature stage : Signature.values()) {
            stage.outputs().stream().map(TensorSpec::name).filter(SessionTensorNodes::isTaken)
                    .forEach(name -> stages.put(name, stage));
        }
        return stages;
    }

    private static boolean isTaken(String output) {
        return Arrays.stream(Signature.values()).flatMap(stage -> stage.inputs().stream())
                .anyMatch(input -> input.name().equals(output));
    }

    /** Gives the handle; the tensor stays only if this is fetched. */
    static String handle(String tensor) {
        return SCOPE + tensor + "/handle";
    }

    /** Takes the handle. */
    static String given(String tensor) {
        return SCOPE + tensor + "/given";
    }

    /** Gives the tensor of the handle. */
    static String tensor(String tensor) {
        return SCOPE + tensor + "/tensor";
    }

    /** Gives the shape of that tensor. */
    static String shape(String tensor) {
        return SCOPE + tensor + "/shape";
    }

    private void receive(Signature stage, String name) throws ModelException {
        String taken = definitions.get(stage.key()).getInputsOrThrow(name).getName();
        NodeDef.Builder input = nodes.get(TensorNames.node(taken));
        if (input == null) {
            // loading says so
            return;
        }
        boolean received = input.getOp().equals("PlaceholderWithDefault") && input.getInput(0).equals(tensor(name));
        if (!received && !input.getOp().equals("Placeholder")) {
            throw new ModelException("signature " + stage.key() + " takes " + name + " by " + taken + ", a " + input.getOp()
                    + ", expected a placeholder for it alone");
        }
        input.setOp("PlaceholderWithDefault").clearInput().addInput(tensor(name));
    }

    private void keep(Signature stage, String name) {
        TensorInfo output = definitions.get(stage.key()).getOutputsOrThrow(name);
        AttrValue type = type(output.getDtype());
        if (nodes.containsKey(TensorNames.node(output.getName()))) {
            // else the graph's check says so
            graph.addNode(node("GetSessionHandle", handle(name), stage).addInput(output.getName()).putAttr("T", type));
        }
        AttrValue scalar = AttrValue.newBuilder().setShape(TensorShapeProto.getDefaultInstance()).build();
        graph.addNode(node("Placeholder", given(name), null).putAttr("dtype", type(DataType.DT_STRING))
                .putAttr("shape", scalar));
        graph.addNode(node("GetSessionTensor", tensor(name), stage).addInput(given(name)).putAttr("dtype", type));
        graph.addNode(node("Shape", shape(name), stage).addInput(tensor(name)).putAttr("T", type)
                .putAttr("out_type", type(DataType.DT_INT32)));
    }

    private NodeDef.Builder node(String operation, String name, Signature stage) {
        String device = stage == null ? "" : devices.get(stage).inGraph();
        return NodeDef.newBuilder().setOp(operation).setName(name).setDevice(device);
    }

    private static AttrValue type(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }
}
