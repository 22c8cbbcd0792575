package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

import io.instructseg.format.Signature;

/**
 * A loaded SavedModel: runs its signatures. Owns the graph and the weights until it is closed; thread-safe, as
 * TensorFlow's sessions are.
 */
public final class ModelSession implements AutoCloseable {

    static {
        // JavaCPP would refuse native memory beyond 4 times the heap, and with it any model of the official size
        if (System.getProperty("org.bytedeco.javacpp.maxphysicalbytes") == null) {
            System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
        }
    }

    private final SavedModelBundle bundle;
    private final Map<String, SignatureDef> definitions;
    private final Map<String, Long> sizes;

    private ModelSession(SavedModelBundle bundle, Map<String, SignatureDef> definitions, Map<String, Long> sizes) {
        this.bundle = bundle;
        this.definitions = definitions;
        this.sizes = sizes;
    }

    /**
     * Loads a SavedModel. Its signatures are checked before its weights are read.
     *
     * @throws ModelException if there is none, it is damaged, or its signatures are not those of {@link Signature}
     * @throws IOException also if it can't be read
     */
    public static ModelSession load(Path directory) throws IOException {
        MetaGraphDef graph = ModelDescription.graph(directory);
        Map<String, Long> sizes = SignatureCheck.check(graph.getSignatureDefMap());
        requireWeights(directory, graph);
        SavedModelBundle bundle = open(directory);
        try {
            GraphCheck.check(bundle.graph(), graph.getSignatureDefMap());
            return new ModelSession(bundle, graph.getSignatureDefMap(), sizes);
        } catch (ModelException | RuntimeException e) {
            bundle.close();
            throw e;
        }
    }

    /** TensorFlow takes a model without this file for one without variables, and fails when it first needs one. */
    private static void requireWeights(Path directory, MetaGraphDef graph) throws ModelException {
        Path index = directory.resolve("variables").resolve("variables.index");
        boolean hasVariables = graph.getGraphDef().getNodeList().stream().anyMatch(node -> node.getOp().equals("VarHandleOp"));
        if (hasVariables && !Files.isRegularFile(index)) {
            throw new ModelException(directory + " has no weights: " + index + " is missing");
        }
    }

    private static SavedModelBundle open(Path directory) throws ModelException {
        try {
            return SavedModelBundle.loader(directory.toString()).withTags("serve").load();
        } catch (RuntimeException e) {
            throw new ModelException(directory + " can't be loaded: " + e.getMessage(), e);
        }
    }

    /** Size of a model-wide axis of {@link Signature}, such as {@code S}. */
    public int size(String axis) {
        if (!sizes.containsKey(axis)) {
            throw new IllegalArgumentException("the model does not state the size of " + axis);
        }
        return Math.toIntExact(sizes.get(axis));
    }

    /** Whether a run can give this tensor: an output of the signature, or a tensor within it that the model names. */
    public boolean has(Signature signature, String tensor) {
        return definitions.get(signature.key()).containsOutputs(tensor)
                || bundle.graph().operation(signature.key() + "/" + tensor) != null;
    }

    /**
     * Runs a signature on host tensors.
     *
     * @param inputs by the signature's names
     * @param tensors outputs, or tensors within the signature that {@link #has} knows
     * @throws StageException if a name is unknown, an input has not the model's shape, the session is closed, or TensorFlow
     *         refuses
     */
    public Map<String, HostTensor> run(Signature signature, Map<String, HostTensor> inputs, Collection<String> tensors) {
        Map<String, Activation> fed = new HashMap<>();
        try {
            inputs.forEach((name, tensor) -> {
                requireShape(signature, name, tensor);
                fed.put(name, Activation.of(tensor));
            });
            Map<String, HostTensor> results = new LinkedHashMap<>();
            try (Activations outputs = runStage(signature, fed, tensors)) {
                tensors.forEach(name -> results.put(name, outputs.get(name).toHost()));
            }
            return results;
        } finally {
            fed.values().forEach(Activation::close);
        }
    }

    /** Runs a signature on what other signatures gave; the caller owns the outputs. */
    public Activations runStage(Signature signature, Map<String, Activation> inputs, Collection<String> tensors) {
        SignatureDef definition = definitions.get(signature.key());
        List<String> names = List.copyOf(tensors);
        inputs.keySet().forEach(name -> requireInput(signature, name));
        names.stream().filter(name -> !has(signature, name)).forEach(name -> {
            throw new StageException(signature, "it gives no tensor " + name);
        });
        try {
            Session.Runner runner = bundle.session().runner();
            inputs.forEach((name, tensor) -> runner.feed(definition.getInputsOrThrow(name).getName(), tensor.tensor()));
            names.forEach(name -> runner.fetch(operand(signature, definition, name)));
            return new Activations(names, runner.run());
        } catch (RuntimeException e) {
            // TensorFlow Java has no common class for what a step can throw
            throw new StageException(signature, e);
        }
    }

    private void requireInput(Signature signature, String input) {
        if (!definitions.get(signature.key()).containsInputs(input)) {
            throw new StageException(signature, "it takes no input " + input);
        }
    }

    private void requireShape(Signature signature, String input, HostTensor tensor) {
        requireInput(signature, input);
        TensorShapeProto expected = definitions.get(signature.key()).getInputsOrThrow(input).getTensorShape();
        long[] shape = tensor.shape();
        boolean fits = expected.getUnknownRank() || expected.getDimCount() == shape.length;
        for (int axis = 0; fits && axis < expected.getDimCount(); axis++) {
            long size = expected.getDim(axis).getSize();
            fits = size < 0 || size == shape[axis];
        }
        if (!fits) {
            List<Long> sizes = expected.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
            throw new StageException(signature,
                    "input " + input + " has shape " + Arrays.toString(shape) + ", expected " + sizes);
        }
    }

    private static String operand(Signature signature, SignatureDef definition, String name) {
        TensorInfo output = definition.getOutputsMap().get(name);
        return output != null ? output.getName() : signature.key() + "/" + name + ":0";
    }

    @Override
    public void close() {
        bundle.close();
    }
}
