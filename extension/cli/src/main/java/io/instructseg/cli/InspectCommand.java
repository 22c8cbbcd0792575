package io.instructseg.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.TensorInfo;
import io.instructseg.engine.session.ModelDescription;
import io.instructseg.engine.session.ModelException;
import io.instructseg.format.ModelManifest;
import io.instructseg.format.Signature;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code instructseg inspect}. */
@Command(name = "inspect", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, //
        header = "Tells what a checkpoint or a model is made of.", //
        description = { "%nTells what a checkpoint or a converted model is made of: tensors, parameters, bytes and element "
                + "types of each module, and whether it answers in words. Nothing is loaded but headers.%n",
                "Of a converted model also: precision, sizes, the files that it was made from with their SHA-256, and "
                        + "whether what model.json records is what the model has; exit code 1 if it is not.%n" })
final class InspectCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR|demo", description = "Directory of a checkpoint or of a model, or 'demo' for the built-in "
            + "model.")
    private String directory;

    @Override
    public Integer call() throws IOException {
        if (!directory.equals(ModelSource.DEMO) && !Files.exists(Path.of(directory, "saved_model.pb"))) {
            inspectCheckpoint(Path.of(directory));
            return 0;
        }
        try (ModelSource source = ModelSource.open(directory)) {
            inspectModel(source.directory());
        }
        return 0;
    }

    private void inspectCheckpoint(Path path) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            ModuleTable table = new ModuleTable();
            for (TensorInfo tensor : checkpoint.tensors().values()) {
                table.add(tensor.name(), tensor.dataType().name(), tensor.elements(), tensor.bytes());
            }
            print("checkpoint " + path + ", weights in:");
            for (Path file : checkpoint.files()) {
                print("  " + file.getFileName() + ", " + Units.bytes(Files.size(file)));
            }
            print("");
            table.lines().forEach(this::print);
            print("");
            boolean words = checkpoint.tensors().containsKey("lm_head.weight");
            print("answers in words: " + (words ? "yes" : "none, there is no lm_head.weight"));
        }
    }

    private void inspectModel(Path path) throws IOException {
        ModelDescription model = ModelDescription.read(path);
        ModuleTable table = new ModuleTable();
        model.variables().forEach(
                variable -> table.add(variable.name(), variable.type(), variable.elements(), variable.bytes()));
        print("model " + directory);
        print("");
        table.lines().forEach(this::print);
        print("");
        boolean words = model.signatures().containsAll(List.of(Signature.PREFILL, Signature.DECODE));
        print("answers in words: " + (words ? "yes" : "none, there are no signatures prefill and decode"));
        if (!Files.exists(path.resolve(ModelManifest.FILE))) {
            print("no " + ModelManifest.FILE + ": not converted by instructseg");
            print("sizes " + model.sizes());
            return;
        }
        ModelManifest manifest = ModelManifest.read(path);
        print(manifest);
        List<String> differences = ManifestCheck.differences(path, manifest, model, table);
        if (!differences.isEmpty()) {
            throw new ModelException(directory + " is not what its " + ModelManifest.FILE + " records:\n  "
                    + String.join("\n  ", differences));
        }
        print("check: what " + ModelManifest.FILE + " records is what the model has");
    }

    private void print(ModelManifest manifest) {
        print("precision: " + manifest.precision() + " matrices");
        print("sizes:");
        JsonNode sizes = new ObjectMapper().valueToTree(manifest.hyperparameters());
        sizes.properties().forEach(module -> print("  " + module.getKey() + " " + values(module.getValue())));
        print("converted from " + manifest.source().name() + ":");
        for (ModelManifest.SourceFile file : manifest.source().files()) {
            print("  " + file.sha256() + "  " + file.name() + ", " + Units.bytes(file.bytes()));
        }
        print("");
    }

    /** Such as "queries 100, hiddenSize 256". */
    private static String values(JsonNode sizes) {
        return sizes.toString().replaceAll("[{}\"]", "").replace(':', ' ').replace(",", ", ");
    }

    private void print(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
