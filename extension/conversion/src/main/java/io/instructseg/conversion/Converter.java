package io.instructseg.conversion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.tensorflow.Graph;
import org.tensorflow.exceptions.TensorFlowException;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.CheckpointDirectory;
import io.instructseg.checkpoint.TensorInfo;
import io.instructseg.format.Hyperparameters;
import io.instructseg.format.ModelManifest;
import io.instructseg.model.InstructSegGraph;
import io.instructseg.model.graph.Weight;

/**
 * Converts a checkpoint in the official layout to a SavedModel that is the whole model: graph, weights, tokenizer and
 * {@code model.json}. Weights stream from file to file, one at a time. The model's directory appears when it is
 * complete, and not before. The tokenizer is copied, not read: that it has as many tokens as the embedding has rows is
 * checked by the command before, and by the engine when it loads the model.
 */
public final class Converter {

    static {
        // JavaCPP would refuse native memory beyond 4 times the heap, and with it the official model's largest weights
        if (System.getProperty("org.bytedeco.javacpp.maxphysicalbytes") == null) {
            System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
        }
    }

    private final Path source;
    private final ConversionOptions options;
    private final ConversionListener listener;

    private Converter(Path source, ConversionOptions options, ConversionListener listener) {
        this.source = source;
        this.options = options;
        this.listener = listener;
    }

    /**
     * @param source directory of the checkpoint: configuration, tokenizer, weights
     * @param target directory of the model, which must not exist yet, or be empty
     * @throws ConversionException if the checkpoint or its configuration is not a model that can be converted, naming all that
     *         is wrong with its weights
     * @throws IOException also if files can't be read or written, or are damaged; nothing is left behind
     */
    public static ModelManifest convert(Path source, Path target, ConversionOptions options, ConversionListener listener)
            throws IOException {
        Converter converter = new Converter(source, options, listener);
        try (PendingDirectory pending = new PendingDirectory(target)) {
            ModelManifest manifest = converter.convert(pending.path());
            pending.complete();
            return manifest;
        }
    }

    /** Nothing but the checkpoint's own files becomes part of the model: no links to files elsewhere. */
    private void requireOwnFiles() throws IOException {
        CheckpointDirectory home = CheckpointDirectory.of(source);
        home.resolve("config.json");
        for (String name : Stream.concat(Stream.of("instructseg.json"), TokenizerFiles.NAMES.stream()).toList()) {
            if (home.contains(name)) {
                home.resolve(name);
            }
        }
    }

    private ModelManifest convert(Path directory) throws IOException {
        requireOwnFiles();
        TokenizerFiles tokenizer = new TokenizerFiles(source);
        tokenizer.check();
        List<String> offenders = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(source, offenders::add); Graph graph = new Graph()) {
            Hyperparameters hyperparameters = HyperparameterReader.read(source, shapes(checkpoint));
            InstructSegGraph model = build(graph, hyperparameters);
            offenders.addAll(WeightCheck.offenders(model.weights(), checkpoint.tensors(),
                    name -> UnusedWeights.contains(name, hyperparameters) || options.ignores(name)));
            if (offenders.isEmpty()) {
                offenders.addAll(writeVariables(checkpoint, model.weights(), directory.resolve("variables")));
            } else {
                offenders.addAll(new FiniteCheck(checkpoint, listener).offenders(model.weights()));
            }
            if (!offenders.isEmpty()) {
                throw ConversionException.listing(offenders.size() + " weights don't fit the model", offenders);
            }
            new SavedModelWriter(graph).write(directory, model);
            tokenizer.copyTo(directory.resolve(ModelManifest.TOKENIZER_DIRECTORY));
            ModelManifest manifest = new ModelManifest(ModelManifest.FORMAT_VERSION, options.precision(), hyperparameters,
                    parameters(model.weights()), new SourceFiles(source, listener).hash(checkpoint.files()));
            manifest.write(directory);
            return manifest;
        }
    }

    private InstructSegGraph build(Graph graph, Hyperparameters hyperparameters) throws ConversionException {
        try {
            return InstructSegGraph.build(graph, hyperparameters, options.precision());
        } catch (TensorFlowException e) {
            throw new ConversionException("the sizes in the configuration of " + source + " make no graph: " + e.getMessage(),
                    e);
        }
    }

    private static Map<String, List<Long>> shapes(Checkpoint checkpoint) {
        return checkpoint.tensors().values().stream().collect(Collectors.toMap(TensorInfo::name, TensorInfo::shape));
    }

    /** Writes all weights; returns those that are not finite. */
    private List<String> writeVariables(Checkpoint checkpoint, Collection<Weight> weights, Path directory)
            throws IOException {
        List<String> offenders = new ArrayList<>();
        ByteBuffer scratch = ByteBuffer.allocate(largest(weights));
        long total = weights.stream().mapToLong(weight -> checkpoint.tensors().get(weight.name()).bytes()).sum();
        long done = 0;
        try (VariableWriter writer = new VariableWriter(directory)) {
            for (Weight weight : weights) {
                listener.progress("converting weights", done, total);
                ByteBuffer elements = scratch.clear().limit(Math.toIntExact(weight.bytes()));
                WeightBuffer buffer = new WeightBuffer(weight, elements);
                checkpoint.readFloat32(weight.name(), buffer::put);
                if (buffer.notFinite() > 0) {
                    offenders.add(FiniteCheck.offender(weight, buffer.notFinite()));
                }
                writer.add(weight, elements);
                done += checkpoint.tensors().get(weight.name()).bytes();
            }
            writer.finish();
        }
        return offenders;
    }

    private static ModelManifest.Parameters parameters(Collection<Weight> weights) {
        return new ModelManifest.Parameters(weights.size(), weights.stream().mapToLong(Weight::elements).sum(),
                weights.stream().mapToLong(Weight::bytes).sum());
    }

    private static int largest(Collection<Weight> weights) throws ConversionException {
        long largest = 0;
        for (Weight weight : weights) {
            if (weight.bytes() > Integer.MAX_VALUE) {
                throw new ConversionException(weight.name() + " " + weight.checkpointShape() + " needs " + weight.bytes()
                        + " bytes, a tensor can have " + Integer.MAX_VALUE);
            }
            largest = Math.max(largest, weight.bytes());
        }
        return (int) largest;
    }
}
