package io.instructseg.engine.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

import io.instructseg.conversion.ConversionOptions;
import io.instructseg.conversion.Converter;
import io.instructseg.format.Precision;

/** Golden models, mostly B, as SavedModels, converted once a precision for all tests, and copies of it that are different. */
public final class TestModel {

    private static final Map<Path, Path> DIRECTORIES = new HashMap<>();

    private TestModel() {
    }

    /** The model in float32; not to be changed. */
    public static Path directory() throws IOException {
        return directory("model-b");
    }

    /** Another golden model in float32; not to be changed. */
    public static Path directory(String name) throws IOException {
        return directory(name, Precision.FLOAT32);
    }

    /** Another golden model in a precision; not to be changed. */
    static synchronized Path directory(String name, Precision precision) throws IOException {
        Path key = Path.of(name, precision.name());
        if (!DIRECTORIES.containsKey(key)) {
            Path parent = Files.createTempDirectory("test-model");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(parent)));
            Converter.convert(golden(name), parent.resolve("model"), new ConversionOptions(precision, List.of()),
                    (step, done, total) -> {
                    });
            DIRECTORIES.put(key, parent.resolve("model"));
        }
        return DIRECTORIES.get(key);
    }

    /** The checkpoint of a golden model, and its recorded runs. */
    public static Path golden(String name) {
        return Path.of(System.getProperty("instructseg.test-data"), "golden", name);
    }

    /** A copy whose files may be changed. */
    public static Path copy(Path target) throws IOException {
        return copy(Precision.FLOAT32, target);
    }

    private static Path copy(Precision precision, Path target) throws IOException {
        Path source = directory("model-b", precision);
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
        return edited(Precision.FLOAT32, target, change);
    }

    /** A copy in a precision, with weights times a factor. */
    public static Path scaled(Precision precision, Path target, float factor, Collection<String> weights) throws IOException {
        return edited(precision, target, model -> weights.forEach(weight -> scale(model, weight, factor)));
    }

    private static void scale(MetaGraphDef.Builder model, String weight, float factor) {
        String value = "variables/" + weight + ".value";
        String scaled = "scaled/" + weight;
        ForeignModel.redirect(model, value, scaled);
        AttrValue type = AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
        AttrValue constant = AttrValue.newBuilder().setTensor(TensorProto.newBuilder().setDtype(DataType.DT_FLOAT)
                .setTensorShape(TensorShapeProto.getDefaultInstance()).addFloatVal(factor)).build();
        model.getGraphDefBuilder()
                .addNode(NodeDef.newBuilder().setOp("Const").setName(scaled + "/factor").putAttr("dtype", type)
                        .putAttr("value", constant))
                .addNode(NodeDef.newBuilder().setOp("Mul").setName(scaled).addInput(value).addInput(scaled + "/factor")
                        .putAttr("T", type));
    }

    static Path edited(Precision precision, Path target, Consumer<MetaGraphDef.Builder> change) throws IOException {
        edit(copy(precision, target), change);
        return target;
    }

    /** Changes the graph or the signatures of a model. */
    static void edit(Path directory, Consumer<MetaGraphDef.Builder> change) throws IOException {
        Path file = directory.resolve("saved_model.pb");
        SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
        change.accept(model.getMetaGraphsBuilder(0));
        Files.write(file, model.build().toByteArray());
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
