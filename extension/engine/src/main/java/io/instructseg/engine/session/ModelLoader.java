package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;

import io.instructseg.format.Signature;
import io.instructseg.tensorflow.Processor;

/** Loads a SavedModel onto the devices of a placement. */
final class ModelLoader {

    private final Path directory;
    private final LoadOptions options;
    private final LoadListener listener;

    ModelLoader(Path directory, LoadOptions options, LoadListener listener) {
        this.directory = directory;
        this.options = options;
        this.listener = listener;
    }

    ModelSession load() throws IOException {
        MetaGraphDef graph = ModelDescription.graph(directory);
        Map<String, Long> sizes = SignatureCheck.check(graph.getSignatureDefMap());
        boolean restores = restores(graph);
        Set<Device> available = available();
        Map<Signature, Device> devices = options.placement().resolve(available);
        boolean keeps = keepsTensors(devices.values());
        if (keeps || !available.equals(Set.of(Device.CPU))) {
            graph = place(graph, devices, keeps);
        }
        Processor processor = Processor.here();
        if (processor.lacksBfloat16()) {
            graph = changed(graph, Bfloat16Products::widen);
        }
        if (AttentionProducts.slowWithOneDnn(processor)) {
            graph = changed(graph, AttentionProducts::leaveToTensorFlow);
        }
        MemoryNeed need = MemoryNeed.of(graph.getGraphDef(), sizes);
        MemoryPromise promise = options.checksMemory() ? MemoryPromise.checked(need, directory) : MemoryPromise.of(need);
        try {
            ModelSession session = load(graph, sizes, devices, keeps, restores, promise);
            promise.loaded();
            return session;
        } catch (IOException | RuntimeException | Error e) {
            promise.close();
            throw e;
        }
    }

    private ModelSession load(MetaGraphDef copying, Map<String, Long> sizes, Map<Signature, Device> devices, boolean keeps,
            boolean restores, MemoryPromise promise) throws IOException {
        MetaGraphDef.Builder mapping = copying.toBuilder();
        MappedWeights mapped = MappedWeights.map(mapping, directory);
        MetaGraphDef graph = mapping.build();
        List<WeightGroups.Group> groups = restores ? WeightGroups.of(graph, mapped.assignments()) : List.of();
        // read while TensorFlow prepares the graph
        try (WeightFile weights = mapped.read()) {
            SavedModelSession session = new SavedModelSession(directory, graph, options.tensorFlow().config(), promise);
            try {
                GraphCheck.check(session.graph(), graph.getSignatureDefMap());
                devices.keySet().retainAll(SignatureCheck.offered(graph.getSignatureDefMap()));
                FiniteCheck finite = FiniteCheck.add(session.graph(), graph.getSignatureDefMap(), devices);
                session.restore(groups, weights, promise.telling(listener, mapped.hostBytes()));
                return new ModelSession(session, graph.getSignatureDefMap(), sizes, devices, keeps, finite);
            } catch (IOException | RuntimeException | Error e) {
                session.close();
                throw e;
            }
        }
    }

    /** In the host's memory, tensors pass between stages without a copy: handles would only cost. */
    private static boolean keepsTensors(Collection<Device> devices) {
        return devices.stream().anyMatch(device -> !device.equals(Device.CPU));
    }

    /** A model without this file has no variables, or is damaged: it would fail when it first needs one. */
    private boolean restores(MetaGraphDef graph) throws ModelException {
        Path index = directory.resolve("variables").resolve("variables.index");
        boolean found = Files.isRegularFile(index);
        if (!found && graph.getGraphDef().getNodeList().stream().anyMatch(node -> node.getOp().equals("VarHandleOp"))) {
            throw new ModelException(directory + " has no weights: " + index + " is missing");
        }
        return found;
    }

    private Set<Device> available() throws ModelException {
        try {
            return Devices.available(options.tensorFlow());
        } catch (RuntimeException e) {
            throw new ModelException("TensorFlow can't use the devices of " + options.tensorFlow() + ": " + e.getMessage(), e);
        }
    }

    private static MetaGraphDef changed(MetaGraphDef graph, Consumer<GraphDef.Builder> change) {
        MetaGraphDef.Builder changed = graph.toBuilder();
        change.accept(changed.getGraphDefBuilder());
        return changed.build();
    }

    private static MetaGraphDef place(MetaGraphDef graph, Map<Signature, Device> devices, boolean keeps)
            throws ModelException {
        MetaGraphDef.Builder placed = graph.toBuilder();
        NodePlacement.place(placed, devices);
        if (keeps) {
            SessionTensorNodes.add(placed, devices);
        }
        return placed.build();
    }
}
