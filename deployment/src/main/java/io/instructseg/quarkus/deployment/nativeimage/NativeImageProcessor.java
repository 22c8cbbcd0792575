package io.instructseg.quarkus.deployment.nativeimage;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jboss.logging.Logger;

import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.BuildSteps;
import io.quarkus.deployment.annotations.Produce;
import io.quarkus.deployment.builditem.nativeimage.JniRuntimeAccessBuildItem;
import io.quarkus.deployment.builditem.nativeimage.JniRuntimeAccessFieldBuildItem;
import io.quarkus.deployment.builditem.nativeimage.JniRuntimeAccessMethodBuildItem;
import io.quarkus.deployment.builditem.nativeimage.NativeImageResourceBuildItem;
import io.quarkus.deployment.builditem.nativeimage.NativeImageResourcePatternsBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveClassBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveFieldBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveMethodBuildItem;
import io.quarkus.deployment.builditem.nativeimage.RuntimeInitializedClassBuildItem;
import io.quarkus.deployment.builditem.nativeimage.RuntimeInitializedPackageBuildItem;
import io.quarkus.deployment.pkg.builditem.ArtifactResultBuildItem;
import io.quarkus.deployment.pkg.builditem.CurateOutcomeBuildItem;
import io.quarkus.deployment.pkg.steps.NativeOrNativeSourcesBuild;
import io.quarkus.maven.dependency.ResolvedDependency;

/** What the compiler of a native executable can't see: access by name, from native code, and what must wait for the start. */
@BuildSteps(onlyIf = NativeOrNativeSourcesBuild.class)
class NativeImageProcessor {

    private static final Logger LOG = Logger.getLogger(NativeImageProcessor.class);
    private static final String REASON = "TensorFlow Java";
    private static final String POINTER = "org.bytedeco.javacpp.Pointer";
    private static final String LOADER = "org.bytedeco.javacpp.Loader";
    private static final String UNSAFE = "sun.misc.Unsafe";
    private static final Set<String> INDEXED_GROUPS = Set.of("org.tensorflow", "org.bytedeco", "io.instructseg");

    /** What JavaCPP's native code finds by name beside pointers: see {@link #jniMembers}. */
    private static final List<String> JNI_TYPES = List.of(LOADER, LOADER + "$Helper", POINTER + "$NativeDeallocator",
            "java.lang.Object", "java.lang.String", "java.lang.NullPointerException", "java.lang.RuntimeException",
            "java.lang.UnsatisfiedLinkError",
            "java.nio.Buffer", "java.nio.charset.Charset");

    @BuildStep
    NativeTypesBuildItem types(CurateOutcomeBuildItem application) {
        Collection<ResolvedDependency> dependencies = application.getApplicationModel().getRuntimeDependencies();
        return new NativeTypesBuildItem(NativeTypes.of(dependencies.stream()
                .filter(dependency -> INDEXED_GROUPS.contains(dependency.getGroupId()))
                .map(ResolvedDependency::getContentTree).toList()));
    }

    /** Quarkus initializes while building what is not named here. */
    @BuildStep
    void runTimeInitialization(BuildProducer<RuntimeInitializedPackageBuildItem> packages,
            BuildProducer<RuntimeInitializedClassBuildItem> classes) {
        // load native libraries
        packages.produce(new RuntimeInitializedPackageBuildItem("org.tensorflow"));
        packages.produce(new RuntimeInitializedPackageBuildItem("org.bytedeco"));
        // sets a system property and the environment for them
        packages.produce(new RuntimeInitializedPackageBuildItem("io.instructseg.tensorflow"));
        // has that done when it is initialized
        packages.produce(new RuntimeInitializedPackageBuildItem("io.instructseg.engine.session"));
        // has callbacks for FFmpeg
        packages.produce(new RuntimeInitializedPackageBuildItem("io.instructseg.engine.video"));
        // holds addresses within objects, as quarkus-grpc has it
        classes.produce(new RuntimeInitializedClassBuildItem("com.google.protobuf.UnsafeUtil"));
    }

    @BuildStep
    void resources(BuildProducer<NativeImageResourcePatternsBuildItem> patterns,
            BuildProducer<NativeImageResourceBuildItem> resources) {
        patterns.produce(NativeImageResourcePatternsBuildItem.builder()
                .includeGlob("org/bytedeco/javacpp/properties/*.properties").build());
        resources.produce(new NativeImageResourceBuildItem("io/instructseg/engine/text/codepoint-classes.txt"));
    }

    /** JavaCPP's bindings: what native code finds, makes and calls. */
    @BuildStep
    void bindings(NativeTypesBuildItem found, BuildProducer<JniRuntimeAccessBuildItem> jni,
            BuildProducer<ReflectiveClassBuildItem> reflective) {
        String[] callbacks = found.types().callbacks().toArray(String[]::new);
        String[] pointers = found.types().pointers().toArray(String[]::new);
        String[] others = JNI_TYPES.toArray(String[]::new);
        jni.produce(new JniRuntimeAccessBuildItem(false, false, false, pointers));
        jni.produce(new JniRuntimeAccessBuildItem(false, true, false, callbacks));
        jni.produce(new JniRuntimeAccessBuildItem(false, false, false, others));
        // the native library's first call, Loader.putMemberOffset, takes them by name
        reflective.produce(byName(pointers).unsafeAllocated().build());
        reflective.produce(byName(others).build());
    }

    private static ReflectiveClassBuildItem.Builder byName(String... types) {
        return ReflectiveClassBuildItem.builder(types).constructors(false).reason(REASON);
    }

    @BuildStep
    void jniMembers(BuildProducer<JniRuntimeAccessMethodBuildItem> methods,
            BuildProducer<JniRuntimeAccessFieldBuildItem> fields) {
        methods.produce(new JniRuntimeAccessMethodBuildItem(LOADER, "putMemberOffset", "java.lang.String", "java.lang.String",
                "int"));
        methods.produce(new JniRuntimeAccessMethodBuildItem(POINTER, "init", "long", "long", "long", "long"));
        methods.produce(new JniRuntimeAccessMethodBuildItem("java.nio.Buffer", "array"));
        methods.produce(new JniRuntimeAccessMethodBuildItem("java.nio.Buffer", "arrayOffset"));
        methods.produce(new JniRuntimeAccessMethodBuildItem("java.lang.Object", "toString"));
        methods.produce(new JniRuntimeAccessMethodBuildItem("java.lang.String", "getBytes"));
        methods.produce(new JniRuntimeAccessMethodBuildItem("java.lang.String", "<init>", "byte[]"));
        methods.produce(new JniRuntimeAccessMethodBuildItem("java.lang.NullPointerException", "<init>", "java.lang.String"));
        methods.produce(new JniRuntimeAccessMethodBuildItem("java.lang.UnsatisfiedLinkError", "<init>", "java.lang.String"));
        Stream.of("address", "position", "limit", "capacity", "deallocator")
                .forEach(field -> fields.produce(new JniRuntimeAccessFieldBuildItem(POINTER, field)));
        Stream.of("address", "position", "limit", "capacity")
                .forEach(field -> fields.produce(new JniRuntimeAccessFieldBuildItem("java.nio.Buffer", field)));
        fields.produce(new JniRuntimeAccessFieldBuildItem(POINTER + "$NativeDeallocator", "ownerAddress"));
    }

    /** What JavaCPP and TensorFlow Java load and make by name. */
    @BuildStep
    void loaded(NativeTypesBuildItem found, BuildProducer<ReflectiveClassBuildItem> reflective) {
        Set<String> made = new TreeSet<>(found.types().presets());
        made.addAll(found.types().mappers());
        reflective.produce(ReflectiveClassBuildItem.builder(made.toArray(String[]::new)).reason(REASON).build());
        Set<String> initialized = new TreeSet<>(found.types().globals());
        initialized.add("org.tensorflow.TensorFlow");
        reflective.produce(byName(initialized.toArray(String[]::new)).build());
    }

    /** Protobuf and ndarray read memory through what they find of {@code Unsafe}; protobuf asks for each of its methods. */
    @BuildStep
    void unsafe(BuildProducer<ReflectiveClassBuildItem> reflective, BuildProducer<ReflectiveFieldBuildItem> fields,
            BuildProducer<ReflectiveMethodBuildItem> methods) {
        reflective.produce(byName(UNSAFE).queryMethods().build());
        fields.produce(new ReflectiveFieldBuildItem(REASON, UNSAFE, "theUnsafe"));
        fields.produce(new ReflectiveFieldBuildItem(REASON, "java.nio.Buffer", "address"));
        methods.produce(new ReflectiveMethodBuildItem(REASON, "com.google.protobuf.ExtensionRegistry", "getEmptyRegistry",
                new String[0]));
    }

    /** {@code model.json}, which Jackson reads. */
    @BuildStep
    void format(NativeTypesBuildItem found, BuildProducer<ReflectiveClassBuildItem> reflective,
            BuildProducer<ReflectiveMethodBuildItem> methods) {
        reflective.produce(ReflectiveClassBuildItem.builder(found.types().format().toArray(String[]::new)).methods().fields()
                .reason("the description of a converted model").build());
        // how Jackson, compiled for Java 8, asks for records
        String reason = "Jackson's records";
        for (String method : List.of("isRecord", "getRecordComponents")) {
            methods.produce(new ReflectiveMethodBuildItem(reason, "java.lang.Class", method, new String[0]));
        }
        for (String method : List.of("getName", "getType")) {
            methods.produce(new ReflectiveMethodBuildItem(reason, "java.lang.reflect.RecordComponent", method, new String[0]));
        }
    }

    /** The JDK's JPEG reader is native code of its own; a host that gets no JPEG needs it not. */
    @BuildStep
    @Produce(ArtifactResultBuildItem.class)
    void jpeg(CurateOutcomeBuildItem application) {
        boolean present = application.getApplicationModel().getRuntimeDependencies().stream()
                .anyMatch(dependency -> dependency.getArtifactId().equals("quarkus-awt"));
        if (!present) {
            LOG.warn("The executable will refuse JPEG pictures: to read them, add the extension io.quarkus:quarkus-awt");
        }
    }
}
