package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TBool;

import io.instructseg.format.Signature;
import io.instructseg.tensorflow.TensorFlowLibrary;

/**
 * A loaded SavedModel: runs its signatures. Owns the graph and the weights until it is closed; thread-safe, as
 * TensorFlow's sessions are.
 */
public final class ModelSession implements AutoCloseable {

    static {
        TensorFlowLibrary.prepare();
    }

    private final SavedModelSession model;
    private final Map<String, SignatureDef> definitions;
    private final Map<String, Long> sizes;
    private final Map<Signature, Device> devices;
    private final SessionTensors kept;
    private final boolean keeps;
    private final FiniteCheck finite;
    /** The stages that have run: TensorFlow has prepared a step of each. */
    private final Set<Signature> prepared = ConcurrentHashMap.newKeySet();
    private volatile Tracing tracing;

    private record Tracing(RunOptions options, BiConsumer<Signature, RunMetadata> taker) {
    }

    /** @param keeps whether the graph has the nodes that {@link SessionTensorNodes} adds */
    ModelSession(SavedModelSession model, Map<String, SignatureDef> definitions, Map<String, Long> sizes,
            Map<Signature, Device> devices, boolean keeps, FiniteCheck finite) {
        this.model = model;
        this.definitions = definitions;
        this.sizes = sizes;
        this.devices = Map.copyOf(devices);
        this.kept = new SessionTensors(model.session());
        this.keeps = keeps;
        this.finite = finite;
    }

    /**
     * Loads a SavedModel on the first GPU, or on the CPU where there is none.
     *
     * @throws IOException as {@link #load(Path, Placement, TensorFlowOptions)} does
     */
    public static ModelSession load(Path directory) throws IOException {
        return load(directory, Placement.AUTO, TensorFlowOptions.DEFAULT);
    }

    /**
     * Loads a SavedModel, telling nobody.
     *
     * @throws IOException as {@link #load(Path, LoadOptions, LoadListener)} does
     */
    public static ModelSession load(Path directory, Placement placement, TensorFlowOptions options) throws IOException {
        return load(directory, LoadOptions.of(placement, options), LoadListener.NONE);
    }

    /**
     * Loads a SavedModel. Its signatures, the devices and the memory are checked before its weights are read.
     *
     * @throws ModelException if there is none, it is damaged, its signatures are not those of {@link Signature}, a device is
     *         not there, the modules' devices differ and the model is not one that we converted, or it needs more memory than
     *         is free
     * @throws IOException also if it can't be read
     */
    public static ModelSession load(Path directory, LoadOptions options, LoadListener listener) throws IOException {
        return new ModelLoader(directory, options, listener).load();
    }

    /** Where the modules that the model offers run. */
    public Map<Signature, Device> devices() {
        return devices;
    }

    /** Takes what TensorFlow records of each stage's step from now on, with each device's part of the graph. */
    void trace(BiConsumer<Signature, RunMetadata> tracer) {
        trace(RunOptions.newBuilder().setOutputPartitionGraphs(true), tracer);
    }

    /**
     * Takes what each stage's step ran from now on, on the thread that runs it; null ends that. Recording takes time of its
     * own.
     */
    public void traceOperations(BiConsumer<Signature, List<OperationRun>> tracer) {
        trace(RunOptions.newBuilder(),
                tracer == null ? null : (stage, step) -> tracer.accept(stage, OperationRun.of(step)));
    }

    private void trace(RunOptions.Builder options, BiConsumer<Signature, RunMetadata> tracer) {
        tracing = tracer == null ? null
                : new Tracing(options.setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build(), tracer);
    }

    /** Tensors that stages left on their devices and nobody has closed yet. */
    int keptTensors() {
        return kept.count();
    }

    /** Size of a model-wide axis of {@link Signature}, such as {@code S}. */
    public int size(String axis) {
        if (!sizes.containsKey(axis)) {
            throw new IllegalArgumentException("the model does not state the size of " + axis);
        }
        return Math.toIntExact(sizes.get(axis));
    }

    /** Whether the model has a signature: the required ones always. */
    public boolean offers(Signature signature) {
        return definitions.containsKey(signature.key());
    }

    /** @throws StageException if the model does not offer the signature, with the reasons that there can be */
    public void require(Signature signature) {
        definition(signature);
    }

    /** Nothing of an input of a signature, in the input's type: one of the sizes is 0. */
    public Activation empty(Signature signature, String input, long... shape) {
        requireInput(signature, input);
        return Activation.empty(definition(signature).getInputsOrThrow(input).getDtype(), shape);
    }

    /** Whether a run can give this tensor: an output of the signature, or a tensor within it that the model names. */
    public boolean has(Signature signature, String tensor) {
        return offers(signature) && (definition(signature).containsOutputs(tensor)
                || model.graph().operation(signature.key() + "/" + tensor) != null);
    }

    private SignatureDef definition(Signature signature) {
        SignatureDef definition = definitions.get(signature.key());
        if (definition == null) {
            throw new StageException(signature, "the model has no signature " + signature.key()
                    + ": its checkpoint has no lm_head.weight, or it was converted by a version without answers in words");
        }
        return definition;
    }

    /**
     * Runs a signature on host tensors. What is in half precision, such as keys and values, can't
     * pass the host.
     *
     * @param inputs by the signature's names
     * @param tensors outputs, or tensors within the signature that {@link #has} knows
     * @throws StageException if the model does not offer the signature, a name is unknown, an input has not the model's shape,
     *         the session is closed, or TensorFlow refuses
     */
    public Map<String, HostTensor> run(Signature signature, Map<String, HostTensor> inputs, Collection<String> tensors) {
        Map<String, Activation> fed = new HashMap<>();
        try {
            requireHostTypes(signature, tensors);
            inputs.forEach((name, tensor) -> {
                requireShape(signature, name, tensor);
                fed.put(name, Activation.of(tensor));
            });
            Map<String, HostTensor> results = new LinkedHashMap<>();
            try (Activations outputs = step(signature, fed, tensors, false, List.of())) {
                tensors.forEach(name -> results.put(name, outputs.get(name).toHost()));
            }
            return results;
        } finally {
            fed.values().forEach(Activation::close);
        }
    }

    /**
     * Runs a signature on what other signatures gave; the caller owns the outputs. They stay on the stage's device, unless that
     * is the host's memory or no stage takes them.
     *
     * @throws StageException as {@link #run} does, and if a float32 output holds what is no finite number
     */
    public Activations runStage(Signature signature, Map<String, Activation> inputs, Collection<String> tensors) {
        List<String> checked = tensors.stream().distinct().filter(name -> finite.has(signature, name)).toList();
        return step(signature, inputs, tensors, keeps, checked);
    }

    /** @param checked those of the tensors that have to be finite */
    private Activations step(Signature signature, Map<String, Activation> inputs, Collection<String> tensors, boolean keep,
            List<String> checked) {
        SignatureDef definition = definition(signature);
        List<String> names = tensors.stream().distinct().toList();
        Predicate<String> stays = name -> keep && SessionTensors.keeps(signature, name);
        inputs.keySet().forEach(name -> requireInput(signature, name));
        names.stream().filter(name -> !has(signature, name)).forEach(name -> {
            throw new StageException(signature, "it gives no tensor " + name);
        });
        try {
            Session.Runner runner = model.session().runner();
            inputs.forEach((name, tensor) -> tensor.feed(runner, name, definition.getInputsOrThrow(name).getName()));
            names.forEach(name -> runner.fetch(stays.test(name) ? SessionTensorNodes.handle(name)
                    : operand(signature, definition, name)));
            checked.forEach(name -> runner.fetch(finite.answer(signature, name)));
            Result result = run(signature, runner);
            if (prepared.add(signature)) {
                // what TensorFlow prepared it with
                NativeHeap.trim();
            }
            Map<String, Activation> outputs = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                String name = names.get(i);
                outputs.put(name, stays.test(name) ? kept.keep(name, result.get(i))
                        : Activation.of(result.get(i)));
            }
            return requireFinite(signature, new Activations(outputs), checked, result);
        } catch (StageException e) {
            throw e;
        } catch (RuntimeException e) {
            // TensorFlow Java has no common class for what a step can throw
            throw new StageException(signature, e);
        }
    }

    /** @param result which has the answers of {@link FiniteCheck} behind the outputs */
    private static Activations requireFinite(Signature signature, Activations outputs, List<String> checked, Result result) {
        List<String> suspicious = new ArrayList<>();
        for (int i = 0; i < checked.size(); i++) {
            try (TBool isFinite = (TBool) result.get(result.size() - checked.size() + i)) {
                if (!isFinite.getBoolean()) {
                    suspicious.add(checked.get(i));
                }
            }
        }
        try {
            suspicious.forEach(name -> requireFinite(signature, name, outputs.get(name).toHost().floats()));
            return outputs;
        } catch (RuntimeException | Error e) {
            outputs.close();
            throw e;
        }
    }

    private static void requireFinite(Signature signature, String name, float[] values) {
        int broken = 0;
        for (float value : values) {
            broken += Float.isFinite(value) ? 0 : 1;
        }
        if (broken > 0) {
            throw new StageException(signature, "output " + name + " holds " + broken + " of " + values.length
                    + " numbers that are not finite");
        }
    }

    private Result run(Signature signature, Session.Runner runner) {
        Tracing current = tracing;
        if (current == null) {
            return runner.run();
        }
        // TensorFlow records one step of the process at a time, and fails another one
        synchronized (Tracing.class) {
            Result result = runner.setOptions(current.options()).runAndFetchMetadata();
            current.taker().accept(signature, result.getMetadata().orElseThrow());
            return result;
        }
    }

    private void requireInput(Signature signature, String input) {
        if (!definition(signature).containsInputs(input)) {
            throw new StageException(signature, "it takes no input " + input);
        }
    }

    private void requireHostTypes(Signature signature, Collection<String> outputs) {
        for (String name : outputs) {
            TensorInfo output = definition(signature).getOutputsMap().get(name);
            if (output != null) {
                requireHostType(signature, name, output.getDtype());
            } else if (has(signature, name)) {
                requireHostType(signature, name, model.graph().operation(signature.key() + "/" + name).output(0).dataType());
            }
        }
    }

    private static void requireHostType(Signature signature, String name, DataType type) {
        if (type == DataType.DT_BFLOAT16 || type == DataType.DT_HALF) {
            throw new StageException(signature, name + " is " + type + ", which can't pass the host");
        }
    }

    private void requireShape(Signature signature, String input, HostTensor tensor) {
        requireInput(signature, input);
        requireHostType(signature, input, definition(signature).getInputsOrThrow(input).getDtype());
        TensorShapeProto expected = definition(signature).getInputsOrThrow(input).getTensorShape();
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
        kept.close();
        model.close();
    }
}
