package io.instructseg.demo.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.instructseg.conversion.ConversionOptions;
import io.instructseg.conversion.Converter;
import io.instructseg.conversion.DirectoryTree;
import io.instructseg.format.Precision;

/** Converts the demo model's checkpoint while the project is built; not part of the jar. */
public final class ConvertDemoModel {

    private ConvertDemoModel() {
    }

    /** @param arguments the checkpoint's directory, the model's directory */
    public static void main(String[] arguments) throws IOException {
        Path model = Path.of(arguments[1]);
        // what an earlier build left may be older than the graph, or incomplete
        DirectoryTree.delete(model);
        Converter.convert(Path.of(arguments[0]), model, new ConversionOptions(Precision.FLOAT32, List.of()),
                (step, done, total) -> {
                });
        Files.write(model.resolve("files.txt"), files(model));
    }

    private static List<String> files(Path model) throws IOException {
        try (Stream<Path> tree = Files.walk(model)) {
            return tree.filter(Files::isRegularFile).map(file -> model.relativize(file).toString().replace('\\', '/'))
                    .sorted().toList();
        }
    }
}
