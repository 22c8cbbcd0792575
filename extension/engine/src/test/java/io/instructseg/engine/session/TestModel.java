package io.instructseg.engine.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

import io.instructseg.conversion.ConversionOptions;
import io.instructseg.conversion.Converter;
import io.instructseg.format.Precision;

/** Golden model B as a SavedModel, converted once for all tests, and copies of it that are different. */
public final class TestModel {

    private static Path directory;

    private TestModel() {
    }

    /** The model; not to be changed. */
    public static synchronized Path directory() throws IOException {
        if (directory == null) {
            Path parent = Files.createTempDirectory("test-model");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(parent)));
            Path golden = Path.of(System.getProperty("instructseg.test-data"), "golden", "model-b");
            Converter.convert(golden, parent.resolve("model"), new ConversionOptions(Precision.FLOAT32, List.of()),
                    (step, done, total) -> {
                    });
            directory = parent.resolve("model");
        }
        return directory;
    }

    /** A copy whose files may be changed. */
    public static Path copy(Path target) throws IOException {
        Path source = directory();
        try (Stream<Path> tree = Files.walk(source)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        return target;
    }

    /** A copy with another graph or other signatures. */
    public static Path edited(Path target, Consumer<MetaGraphDef.Builder> change) throws IOException {
        Path file = copy(target).resolve("saved_model.pb");
        SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
        change.accept(model.getMetaGraphsBuilder(0));
        Files.write(file, model.build().toByteArray());
        return target;
    }

    private static void delete(Path directory) {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
