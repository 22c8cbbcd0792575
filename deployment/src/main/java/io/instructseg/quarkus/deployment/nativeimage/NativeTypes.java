package io.instructseg.quarkus.deployment.nativeimage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jboss.jandex.AnnotationValue;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.Index;
import org.jboss.jandex.Indexer;

import io.quarkus.paths.PathTree;
import io.quarkus.paths.PathVisit;

/**
 * The types that native code, JavaCPP, TensorFlow Java and Jackson reach by their names, as the artifacts' own
 * classes tell: another version of TensorFlow brings its own.
 */
final class NativeTypes {

    private static final String JAVACPP = "org.bytedeco.javacpp";
    /** JavaCPP's own native library knows these. */
    private static final String CHRONO = JAVACPP + ".chrono";
    private static final String C_API = "org.tensorflow.internal.c_api";
    private static final String FORMAT = "io.instructseg.format";
    /** What of the artifacts is looked at: nothing of TensorFlow's 4000 operations and messages. */
    private static final List<String> INDEXED = Stream.of(JAVACPP, C_API, FORMAT, "org.tensorflow.types")
            .map(name -> name.replace('.', '/') + "/").toList();

    private static final DotName POINTER = DotName.createSimple(JAVACPP + ".Pointer");
    private static final DotName FUNCTION_POINTER = DotName.createSimple(JAVACPP + ".FunctionPointer");
    private static final DotName PROPERTIES = DotName.createSimple(JAVACPP + ".annotation.Properties");
    private static final DotName TENSOR_TYPE = DotName.createSimple("org.tensorflow.types.annotation.TensorType");

    private final Index index;

    private NativeTypes(Index index) {
        this.index = index;
    }

    /** @param artifacts among which are JavaCPP, TensorFlow Java and the model's format */
    static NativeTypes of(Collection<PathTree> artifacts) {
        Indexer indexer = new Indexer();
        for (PathTree artifact : artifacts) {
            artifact.walk(file -> index(file, indexer));
        }
        NativeTypes types = new NativeTypes(indexer.complete());
        types.requireAll();
        return types;
    }

    private static void index(PathVisit file, Indexer indexer) {
        String name = file.getRelativePath("/");
        if (name.endsWith(".class") && INDEXED.stream().anyMatch(name::startsWith)) {
            try (InputStream in = Files.newInputStream(file.getPath())) {
                indexer.index(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void requireAll() {
        if (Stream.of(pointers(), callbacks(), presets(), globals(), mappers(), format()).anyMatch(Set::isEmpty)) {
            throw new IllegalStateException("TensorFlow Java is not laid out as expected: found pointers " + pointers()
                    + ", callbacks " + callbacks() + ", presets " + presets() + ", globals " + globals() + ", mappers "
                    + mappers() + ", format " + format());
        }
    }

    /** Java's side of native types: native code finds them by name and makes them without a constructor. */
    Set<String> pointers() {
        Stream<ClassInfo> root = Stream.ofNullable(index.getClassByName(POINTER));
        return names(Stream.concat(root, index.getAllKnownSubclasses(POINTER).stream()).filter(NativeTypes::isBinding));
    }

    private static boolean isBinding(ClassInfo type) {
        String name = type.name().packagePrefix();
        return !type.isAbstract() && (name.equals(JAVACPP) || name.equals(CHRONO) || name.equals(C_API));
    }

    /** Pointers whose methods native code calls. */
    Set<String> callbacks() {
        return names(index.getAllKnownSubclasses(FUNCTION_POINTER).stream().filter(NativeTypes::isBinding));
    }

    /** Descriptions of native libraries, which JavaCPP instantiates. */
    Set<String> presets() {
        return annotationValues(PROPERTIES, "inherit",
                value -> Stream.of(value.asClassArray()).map(type -> type.name().toString()));
    }

    /** Classes with the native functions of a library, which JavaCPP initializes by name. */
    Set<String> globals() {
        return annotationValues(PROPERTIES, "global", value -> Stream.of(value.asString()));
    }

    /** What makes tensors, instantiated by TensorFlow Java. */
    Set<String> mappers() {
        return annotationValues(TENSOR_TYPE, "mapperClass", value -> Stream.of(value.asClass().name().toString()));
    }

    /** What Jackson makes of a model's description: records and enumerations. */
    Set<String> format() {
        return names(index.getKnownClasses().stream()
                .filter(type -> type.name().toString().startsWith(FORMAT + ".") && (type.isRecord() || type.isEnum())));
    }

    private Set<String> annotationValues(DotName annotation, String member, Function<AnnotationValue, Stream<String>> names) {
        return index.getAnnotations(annotation).stream().map(instance -> instance.value(member))
                .filter(Objects::nonNull).flatMap(names).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(Stream<ClassInfo> types) {
        return types.map(type -> type.name().toString()).collect(Collectors.toCollection(TreeSet::new));
    }
}
