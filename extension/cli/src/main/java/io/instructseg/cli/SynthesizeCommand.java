package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import io.instructseg.conversion.HyperparameterReader;
import io.instructseg.conversion.synthesis.ModelSizes;
import io.instructseg.conversion.synthesis.Synthesizer;
import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code instructseg synthesize}. */
@Command(name = "synthesize", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, //
        header = "Makes up a checkpoint of any size, to try a machine with.", //
        description = { "%nWrites a checkpoint in the official layout, with random weights that keep activations at ordinary "
                + "sizes. 'convert' makes a model of it, whose masks mean nothing but take as long as real ones. Equal "
                + "arguments make equal files.%n" })
final class SynthesizeCommand implements Callable<Integer> {

    private static final String OFFICIAL = "official";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "CHECKPOINT_DIR", description = "Directory of the checkpoint. It must not exist yet, or be empty.")
    private Path target;

    @Option(names = "--size", paramLabel = OFFICIAL + "|FILE", required = true, //
            description = "'" + OFFICIAL + "' for the sizes of the published model (3.5 billion parameters), or a JSON file "
                    + "with the keys of 'hyperparameters' in a model's model.json; what it leaves out is as in the "
                    + "official model.")
    private String size;

    @Option(names = "--dtype", paramLabel = "float32|bfloat16|float16", defaultValue = "float16", //
            description = "Element type of the weights. Default: float16.")
    private Precision precision;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Other weights for another seed. Default: 0.")
    private long seed;

    @Override
    public Integer call() throws IOException {
        Hyperparameters sizes = size.equals(OFFICIAL) ? HyperparameterReader.official() : ModelSizes.read(Path.of(size));
        long bytes;
        try (Progress progress = Progress.start(spec.commandLine().getErr())) {
            bytes = Synthesizer.synthesize(sizes, precision, seed, target, progress::update);
        }
        spec.commandLine().getOut().println(target + ": " + Units.bytes(bytes) + " of weights in " + precision);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
