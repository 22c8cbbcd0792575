package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.TensorInfo;
import io.instructseg.conversion.Conversion;
import io.instructseg.conversion.ConversionException;
import io.instructseg.conversion.ConversionOptions;
import io.instructseg.conversion.Converter;
import io.instructseg.engine.text.Tokenizer;
import io.instructseg.format.ModelManifest;
import io.instructseg.format.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code instructseg convert}. */
@Command(name = "convert", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, //
        header = "Makes a model of an official checkpoint.", //
        description = { "%nConverts a checkpoint in the official layout to a model that 'segment' runs.%n",
                "The checkpoint is a directory with config.json, the tokenizer (tokenizer.json, or vocab.json and "
                        + "merges.txt) and the weights (model.safetensors or pytorch_model.bin, or their shards with an "
                        + "index). instructseg.json beside them may tell sizes that config.json does not have.%n",
                "All weights are checked: those that are missing, have another shape, are not finite or are not used "
                        + "by the model are listed, and nothing is written. Weights stream from file to file, through "
                        + "the same memory whatever the model's size. The model's directory appears when it is "
                        + "complete.%n" })
final class ConvertCommand implements Callable<Integer> {

    private static final String EMBEDDING = "model.embed_tokens.weight";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CHECKPOINT_DIR", description = "Directory of the checkpoint.")
    private Path source;

    @Parameters(paramLabel = "MODEL_DIR", description = "Directory of the model. It must not exist yet, or be empty.")
    private Path target;

    @Option(names = "--precision", paramLabel = "float32|bfloat16|float16", defaultValue = "float32", //
            description = "Element type of the model's matrices, whatever the checkpoint's is; norms, biases, softmax and "
                    + "scores stay float32. bfloat16 halves the size and, on processors that multiply it, the time. "
                    + "Default: float32.")
    private Precision precision;

    @Option(names = "--ignore", paramLabel = "PATTERN", converter = WeightPattern.class, //
            description = "Weights of the checkpoint that the model does not use and that may be there all the same. "
                    + "* stands for any characters; the whole name must match: 'criterion.*'. May be repeated.")
    private List<Pattern> ignored = List.of();

    @Option(names = "--adapter", paramLabel = "DIR", //
            description = "Merge what a training changed: a directory with a LoRA adapter as PEFT saves it "
                    + "(adapter_config.json, adapter_model.safetensors or .bin, and non_lora_trainables.bin if there is one), "
                    + "or with the training's consolidated state (pytorch_model.bin).")
    private Path adapter;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        requireFittingTokenizer();
        Conversion conversion;
        try (Progress progress = Progress.start(spec.commandLine().getErr())) {
            conversion = Converter.convert(source, target,
                    new ConversionOptions(precision, ignored, Optional.ofNullable(adapter)),
                    progress::update);
        }
        conversion.merge().ifPresent(merge -> out.println(describe(merge)));
        ModelManifest.Parameters parameters = conversion.manifest().parameters();
        out.println(target + ": " + Units.count(parameters.elements()) + " parameters in " + parameters.weights()
                + " weights, " + Units.bytes(parameters.bytes()) + ", matrices in " + conversion.manifest().precision());
        out.flush();
        return 0;
    }

    private String describe(Conversion.Merge merge) {
        return adapter + ": rank " + merge.rank() + ", scale " + merge.scale()
                + (merge.assumed() ? " (assumed, it has no adapter_config.json)" : "") + ", " + merge.matrices()
                + " matrices merged, " + merge.replaced() + " tensors replaced";
    }

    /** A model whose tokens its embedding does not know would be refused later, when it is loaded. */
    private void requireFittingTokenizer() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(source, disagreement -> {
            // the conversion names it, with whatever else is wrong
        })) {
            Tokenizer tokenizer = Tokenizer.load(source);
            TensorInfo embedding = checkpoint.tensors().get(EMBEDDING);
            boolean fits = embedding == null || embedding.shape().isEmpty()
                    || embedding.shape().get(0) == tokenizer.size();
            if (!fits) {
                throw new ConversionException(source + ": the tokenizer has " + tokenizer.size() + " tokens, " + EMBEDDING
                        + " has " + embedding.shape().get(0) + " rows");
            }
        }
    }
}
