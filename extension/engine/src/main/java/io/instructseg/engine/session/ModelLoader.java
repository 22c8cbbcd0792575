package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.tensorflow.proto.MetaGraphDef;

import io.instructseg.format.Signature;
import io.instructseg.format.VariablesFormat;
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
        MetaGraphDef.Builder model = ModelDescription.graph(directory).toBuilder();
        Map<String, Long> sizes = SignatureCheck.check(model.getSignatureDefMap());
        boolean restores = restores(model);
        Set<Device> available = available();
        Map<Signature, Device> devices = options.placement().resolve(available);
        boolean keeps = keepsTensors(devices.values());
        if (keeps || !available.equals(Set.of(Device.CPU))) {
            NodePlacement.place(model, devices);
        }
        if (keeps) {
            SessionTensorNodes.add(model, devices);
        }
        MemoryNeed need = MemoryNeed.of(model, sizes);
        MemoryPromise promise = options.checksMemory() ? MemoryPromise.checked(need, directory) : MemoryPromise.of(need);
        try {
            ModelSession session = load(model, sizes, devices, keeps, restores, promise);
            promise.loaded();
            return session;
        } catch (IOException | RuntimeException | Error e) {
            promise.close();
            throw e;
        }
    }

    private ModelSession load(MetaGraphDef.Builder model, Map<String, Long> sizes, Map<Signature, Device> devices,
            boolean keeps, boolean restores, MemoryPromise promise) throws IOException {
        MappedWeights mapped = MappedWeights.of(model, directory);
        // read while the graph is prepared
        try (WeightFile weights = mapped.read()) {
            fitToProcessor(model);
            mapped.change(model.getGraphDefBuilder());
            MetaGraphDef graph = model.build();
            List<WeightGroups.Group> groups = restores ? WeightGroups.of(graph, mapped.assignments()) : List.of();
            SavedModelSession session = new SavedModelSession(directory, graph.getGraphDef(), options.tensorFlow().config(),
                    promise);
            try {
                GraphCheck.check(session.graph(), graph.getSignatureDefMap());
                devices.keySet().retainAll(SignatureCheck.offered(graph.getSignatureDefMap()));
                FiniteCheck finite = FiniteCheck.add(session.graph(), graph.getSignatureDefMap(), devices);
                session.restore(graph, groups, weights, promise.telling(listener, mapped.hostBytes()));
                return new ModelSession(session, graph.getSignatureDefMap(), sizes, devices, keeps, finite);
            } catch (IOException | RuntimeException | Error e) {
                session.close();
                throw e;
            }
        }
    }

    private static void fitToProcessor(MetaGraphDef.Builder model) {
        Processor processor = Processor.here();
        if (processor.lacksBfloat16()) {
            Bfloat16Products.widen(model);
        }
        if (AttentionProducts.slowWithOneDnn(processor)) {
            AttentionProducts.leaveToTensorFlow(model.getGraphDefBuilder());
        }
    }

    /** In the host's memory, tensors pass between stages without a copy: handles would only cost. */
    private static boolean keepsTensors(Collection<Device> devices) {
        return devices.stream().anyMatch(device -> !device.equals(Device.CPU));
    }

    /** A model without an index has no variables, or is damaged: it would fail when it first needs one. */
    private boolean restores(MetaGraphDef.Builder model) throws ModelException {
        Path index = VariablesFormat.index(directory);
        boolean found = Files.isRegularFile(index);
        if (!found && model.getGraphDef().getNodeList().stream().anyMatch(node -> node.getOp().equals("VarHandleOp"))) {
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
}
