package io.instructseg.engine.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

import io.instructseg.conversion.ConversionOptions;
import io.instructseg.conversion.Converter;
import io.instructseg.format.Precision;

/** Golden model B as a SavedModel, converted once for all tests, and copies of it that are different. */
public final class TestModel {

    private static final Map<String, Path> DIRECTORIES = new HashMap<>();

    private TestModel() {
    }

    /** The model; not to be changed. */
    public static Path directory() throws IOException {
        return directory("model-b");
    }

    /** Another golden model, converted once; not to be changed. */
    public static synchronized Path directory(String name) throws IOException {
        if (!DIRECTORIES.containsKey(name)) {
            Path parent = Files.createTempDirectory("test-model");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(parent)));
            Converter.convert(golden(name), parent.resolve("model"), new ConversionOptions(Precision.FLOAT32, List.of()),
                    (step, done, total) -> {
                    });
            DIRECTORIES.put(name, parent.resolve("model"));
        }
        return DIRECTORIES.get(name);
    }

    /** The checkpoint of a golden model, and its recorded runs. */
    public static Path golden(String name) {
        return Path.of(System.getProperty("instructseg.test-data"), "golden", name);
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
