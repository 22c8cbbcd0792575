package io.instructseg.conversion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import io.instructseg.tensorflow.TensorFlowLibrary;

/**
 * Converts a checkpoint in the official layout to a SavedModel that is the whole model: graph, weights, tokenizer and
 * {@code model.json}. Weights stream from file to file. The model's directory appears when it is
 * complete, and not before. The tokenizer is copied, not read: that it has as many tokens as the embedding has rows is
 * checked by the command before, and by the engine when it loads the model.
 */
public final class Converter {

    static {
        TensorFlowLibrary.prepare();
    }

    /** Graph, tokenizer and what lies between two weights, with room to spare. */
    private static final long OTHER_FILES = 64 << 20;

    private final Path source;
    private final Path target;
    private final ConversionOptions options;
    private final ConversionListener listener;

    private Converter(Path source, Path target, ConversionOptions options, ConversionListener listener) {
        this.source = source;
        this.target = target;
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
    public static Conversion convert(Path source, Path target, ConversionOptions options, ConversionListener listener)
            throws IOException {
        Converter converter = new Converter(source, target, options, listener);
        try (PendingDirectory pending = new PendingDirectory(target)) {
            Conversion conversion = converter.convert(pending.path());
            pending.complete();
            return conversion;
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

    private Conversion convert(Path directory) throws IOException {
        requireOwnFiles();
        TokenizerFiles tokenizer = new TokenizerFiles(source);
        tokenizer.check();
        List<String> offenders = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(source, offenders::add);
                Adapter adapter = options.adapter().isPresent() ? Adapter.open(options.adapter().get()) : null;
                Graph graph = new Graph()) {
            Hyperparameters hyperparameters = HyperparameterReader.read(source, shapes(checkpoint));
            InstructSegGraph model = build(graph, hyperparameters);
            WeightSource weights = adapter == null ? WeightSource.of(checkpoint) : adapter.on(checkpoint);
            if (adapter != null) {
                offenders.addAll(adapter.offenders(checkpoint.tensors()));
            }
            offenders.addAll(WeightCheck.offenders(model.weights(), checkpoint.tensors(),
                    name -> UnusedWeights.contains(name, hyperparameters) || options.ignores(name)));
            if (!offenders.isEmpty()) {
                offenders.addAll(new FiniteCheck(WeightSource.of(checkpoint), listener).offenders(model.weights()));
                throw misfits(offenders);
            }
            ModelManifest.Parameters parameters = parameters(model.weights());
            DiskSpace.require(target, parameters.bytes() + OTHER_FILES);
            List<Path> adapterFiles = adapter == null ? List.of() : adapter.files();
            try (SourceFiles files = new SourceFiles(source, checkpoint.files(), adapterFiles)) {
                writeVariables(weights, model.weights(), directory);
                new SavedModelWriter(graph).write(directory, model);
                tokenizer.copyTo(directory.resolve(ModelManifest.TOKENIZER_DIRECTORY));
                ModelManifest manifest = new ModelManifest(ModelManifest.FORMAT_VERSION, options.precision(), hyperparameters,
                        parameters, files.await(listener));
                manifest.write(directory);
                return new Conversion(manifest, Optional.ofNullable(adapter).map(Adapter::merge));
            }
        }
    }

    private void writeVariables(WeightSource source, Collection<Weight> weights, Path directory) throws IOException {
        List<String> offenders = new VariableWriter(source, weights, listener).write(directory);
        if (!offenders.isEmpty()) {
            throw misfits(offenders);
        }
    }

    private static ConversionException misfits(List<String> offenders) {
        return ConversionException.listing(offenders.size() + " weights don't fit the model", offenders);
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

    private static ModelManifest.Parameters parameters(Collection<Weight> weights) {
        return new ModelManifest.Parameters(weights.size(), weights.stream().mapToLong(Weight::elements).sum(),
                weights.stream().mapToLong(Weight::bytes).sum());
    }
}
