package io.instructseg.quarkus.deployment.nativeimage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.bytedeco.javacpp.FunctionPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;

import io.instructseg.quarkus.deployment.nativeimage.ReflectionTrace.Lookup;

/**
 * Compares what the build steps register, read from the configuration that Quarkus writes for the native compiler, with what
 * a segmentation in a JVM looks up.
 * <p>
 * Seen are the lookups by calls of {@link Class} in TensorFlow Java, JavaCPP, protobuf, Jackson, the engine and its format,
 * in one run with one model. With them come all the types that TensorFlow's native code knows: JavaCPP looks each up when the
 * library is loaded. Not seen are: members that native code looks up (they are a list in {@link NativeImageProcessor}), objects
 * that it allocates (any pointer, it is assumed), lookups within the JDK (its JPEG reader is the business of quarkus-awt),
 * calls by method handles, and whatever else a native compiler refuses. Only a native build shows that an executable works.
 */
class NativeImageTest {

    private static final String MODEL = "io/instructseg/demo/model";
    /** Not registered: Jackson goes on without the first, and there is nothing to find in the second. */
    private static final Set<String> IGNORED = Set.of("com.fasterxml.jackson.databind.ext.Java7SupportImpl",
            "java.lang.Record");
    private static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));

    @TempDir
    static Path directory;

    private static NativeSources sources;
    private static Map<String, JsonNode> reflection;
    private static Map<String, JsonNode> jni;
    private static List<Lookup> lookups;

    /** Build and trace take about as long: at the same time. */
    @BeforeAll
    static void run() throws Exception {
        Path host = Files.createDirectory(directory.resolve("host"));
        Process traced = ReflectionTrace.start(Files.createDirectory(directory.resolve("trace")),
                EXAMPLES.resolve("images/01.png"), "outline the pair of scissors");
        try {
            sources = NativeSources.build(host, "classpath:" + MODEL);
            reflection = sources.reflection();
            jni = sources.jni();
            lookups = ReflectionTrace.of(traced, directory.resolve("trace")).stream()
                    .filter(lookup -> !IGNORED.contains(lookup.type()) && !isLibrary(lookup)).toList();
        } finally {
            traced.destroyForcibly();
        }
    }

    /** Which is beside the executable, not in it. */
    private static boolean isLibrary(Lookup lookup) {
        return lookup.kind().equals("resource") && lookup.member().endsWith(".so");
    }

    private static Stream<Lookup> lookups(String kind) {
        return lookups.stream().filter(lookup -> lookup.kind().equals(kind));
    }

    /** The trace is worth comparing with: TensorFlow's library knows about 100 types alone. */
    @Test
    void theTraceHasAllKinds() {
        assertThat(lookups("class")).hasSizeGreaterThan(110).extracting(Lookup::type).contains("org.bytedeco.javacpp.Pointer",
                "org.tensorflow.internal.c_api.TF_Graph", "org.tensorflow.internal.c_api.global.tensorflow");
        assertThat(lookups("constructor")).extracting(Lookup::type).contains("org.bytedeco.javacpp.presets.javacpp",
                "org.tensorflow.internal.types.TFloat32Mapper", "io.instructseg.format.Hyperparameters$Backbone");
        assertThat(lookups("method")).extracting(Lookup::member).contains("getEmptyRegistry");
        assertThat(lookups("field")).extracting(Lookup::member).contains("theUnsafe");
        assertThat(lookups("resource")).hasSize(2);
    }

    @Test
    void typesAreRegistered() {
        Set<String> types = new TreeSet<>();
        lookups.stream().filter(lookup -> !lookup.kind().equals("resource")).forEach(lookup -> types.add(lookup.type()));
        types.removeAll(reflection.keySet());
        assertThat(types).isEmpty();
    }

    @Test
    void membersAreRegistered() {
        assertThat(lookups("constructor")).allMatch(lookup -> registered(lookup, "allDeclaredConstructors", "methods"));
        assertThat(lookups("method")).allMatch(lookup -> registered(lookup, "allDeclaredMethods", "methods")
                || registered(lookup, "queryAllDeclaredMethods", "queriedMethods"));
        // of all fields of Unsafe, protobuf wants the instance
        assertThat(lookups("field").filter(lookup -> !lookup.equals(new Lookup("field", "sun.misc.Unsafe", "*"))))
                .allMatch(lookup -> registered(lookup, "allDeclaredFields", "fields"));
    }

    private static boolean registered(Lookup lookup, String all, String list) {
        JsonNode type = reflection.get(lookup.type());
        return type.path(all).asBoolean()
                || type.path(list).valueStream().anyMatch(member -> member.get("name").asText().equals(lookup.member()));
    }

    @Test
    void resourcesAreIncluded() throws IOException {
        for (Lookup lookup : lookups("resource").toList()) {
            String name = lookup.type().substring(0, lookup.type().lastIndexOf('.')).replace('.', '/') + "/" + lookup.member();
            assertThat(sources.includes(name)).as(name).isTrue();
        }
    }

    /** What the library's start looks up, native code uses. */
    @Test
    void nativeCodeMayUseItsTypes() throws ClassNotFoundException {
        for (Lookup lookup : lookups("class").filter(NativeImageTest::isKnownToNativeCode).toList()) {
            assertThat(jni).containsKey(lookup.type());
            Class<?> type = Class.forName(lookup.type(), false, getClass().getClassLoader());
            if (Pointer.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                assertThat(reflection.get(lookup.type()).path("unsafeAllocated").asBoolean()).as(lookup.type()).isTrue();
            }
            if (FunctionPointer.class.isAssignableFrom(type)) {
                assertThat(jni.get(lookup.type()).path("allDeclaredMethods").asBoolean()).as(lookup.type()).isTrue();
            }
        }
    }

    private static boolean isKnownToNativeCode(Lookup lookup) {
        return lookup.type()
                .matches("(org\\.(bytedeco\\.javacpp|tensorflow\\.internal\\.c_api)|java\\.lang|java\\.nio.*)\\.[^.]+");
    }

    /** The native compiler would look these up in vain: a name with a typo. */
    @Test
    void registeredTypesExist() {
        assertThat(jni.keySet()).allSatisfy(name -> Class.forName(name, false, getClass().getClassLoader()));
    }

    @Test
    void nativeLibrariesWaitForTheStart() {
        String feature = new String(sources.file("io/quarkus/runner/Feature.class"), ISO_8859_1);
        assertThat(feature).contains("org.tensorflow", "org.bytedeco", "io.instructseg.tensorflow",
                "io.instructseg.engine.session", "com.google.protobuf.UnsafeUtil");
    }

    @Test
    void aModelOfTheClassPathIsIncluded() throws IOException {
        String index = "META-INF/instructseg/" + MODEL + "/files.txt";
        assertThat(sources.includes(index)).isTrue();
        List<String> files = new String(sources.file(index), UTF_8).lines().toList();
        assertThat(files).contains("saved_model.pb", "model.json", "variables/variables.index", "tokenizer/vocab.json");
        for (String file : files) {
            assertThat(sources.includes(MODEL + "/" + file)).as(file).isTrue();
        }
    }
}
