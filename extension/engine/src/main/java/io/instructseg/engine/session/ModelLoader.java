package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

import org.tensorflow.SavedModelBundle;
import org.tensorflow.proto.MetaGraphDef;

import io.instructseg.format.Signature;

/** Loads a SavedModel onto the devices of a placement. */
final class ModelLoader {

    private final Path directory;
    private final TensorFlowOptions options;

    ModelLoader(Path directory, TensorFlowOptions options) {
        this.directory = directory;
        this.options = options;
    }

    ModelSession load(Placement placement) throws IOException {
        MetaGraphDef graph = ModelDescription.graph(directory);
        Map<String, Long> sizes = SignatureCheck.check(graph.getSignatureDefMap());
        requireWeights(graph);
        Set<Device> available = available();
        Map<Signature, Device> devices = placement.resolve(available);
        boolean keeps = keepsTensors(devices.values());
        SavedModelBundle bundle = keeps || !available.equals(Set.of(Device.CPU)) ? openPlaced(graph, devices, keeps)
                : open(directory);
        try {
            GraphCheck.check(bundle.graph(), graph.getSignatureDefMap());
            devices.keySet().retainAll(SignatureCheck.offered(graph.getSignatureDefMap()));
            return new ModelSession(bundle, graph.getSignatureDefMap(), sizes, devices, keeps);
        } catch (ModelException | RuntimeException e) {
            bundle.close();
            throw e;
        }
    }

    /** In the host's memory, tensors pass between stages without a copy: handles would only cost. */
    private static boolean keepsTensors(Collection<Device> devices) {
        return devices.stream().anyMatch(device -> !device.equals(Device.CPU));
    }

    /** TensorFlow takes a model without this file for one without variables, and fails when it first needs one. */
    private void requireWeights(MetaGraphDef graph) throws ModelException {
        Path index = directory.resolve("variables").resolve("variables.index");
        boolean hasVariables = graph.getGraphDef().getNodeList().stream().anyMatch(node -> node.getOp().equals("VarHandleOp"));
        if (hasVariables && !Files.isRegularFile(index)) {
            throw new ModelException(directory + " has no weights: " + index + " is missing");
        }
    }

    private Set<Device> available() throws ModelException {
        try {
            return Devices.available(options);
        } catch (RuntimeException e) {
            throw new ModelException("TensorFlow can't use the devices of " + options + ": " + e.getMessage(), e);
        }
    }

    private SavedModelBundle openPlaced(MetaGraphDef graph, Map<Signature, Device> devices, boolean keeps)
            throws IOException {
        MetaGraphDef.Builder placed = graph.toBuilder();
        NodePlacement.place(placed, devices);
        if (keeps) {
            SessionTensorNodes.add(placed, devices);
        }
        try (RewrittenModel model = new RewrittenModel(directory, placed.build())) {
            return open(model.directory());
        }
    }

    private SavedModelBundle open(Path path) throws ModelException {
        try {
            return SavedModelBundle.loader(path.toString()).withTags("serve").withConfigProto(options.config()).load();
        } catch (RuntimeException e) {
            throw new ModelException(directory + " can't be loaded: " + e.getMessage(), e);
        }
    }
}
