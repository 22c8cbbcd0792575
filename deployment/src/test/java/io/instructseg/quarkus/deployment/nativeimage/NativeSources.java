package io.instructseg.quarkus.deployment.nativeimage;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.bootstrap.app.CuratedApplication;
import io.quarkus.bootstrap.app.QuarkusBootstrap;

/** What Quarkus would give to the native compiler for an application: built without running that compiler. */
final class NativeSources {

    private static final String CONFIGURATION = "META-INF/native-image/";

    private final Map<String, byte[]> files = new HashMap<>();

    private NativeSources(Path jar) throws IOException {
        try (FileSystem content = FileSystems.newFileSystem(jar); Stream<Path> tree = Files.walk(content.getPath("/"))) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                files.put(file.toString().substring(1), Files.readAllBytes(file));
            }
        }
    }

    /**
     * @param directory empty, for the build
     * @param model what {@code quarkus.instructseg.model} is set to
     */
    static NativeSources build(Path directory, String model) throws Exception {
        Path tests = Path.of(NativeSources.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Properties properties = new Properties();
        properties.putAll(Map.of("quarkus.native.enabled", "true", "quarkus.native.sources-only", "true",
                "quarkus.package.jar.enabled", "false", "quarkus.instructseg.model", model,
                // 200 MB that would be copied twice
                "quarkus.class-loading.removed-artifacts", "org.tensorflow:tensorflow-core-native:linux-x86_64"));
        QuarkusBootstrap bootstrap = QuarkusBootstrap.builder().setMode(QuarkusBootstrap.Mode.PROD)
                .setApplicationRoot(Files.createDirectories(directory.resolve("application")))
                .setProjectRoot(tests).addExcludedPath(tests).setLocalProjectDiscovery(true).setIsolateDeployment(true)
                .setTargetDirectory(directory).setBaseName("host").setBuildSystemProperties(properties).build();
        try (CuratedApplication application = bootstrap.bootstrap()) {
            application.createAugmentor().createProductionApplication();
        }
        return new NativeSources(directory.resolve("native-sources/host-runner.jar"));
    }

    /** A file of the executable's class path. */
    byte[] file(String name) {
        return files.get(name);
    }

    /** Types registered for reflection, by name. */
    Map<String, JsonNode> reflection() throws IOException {
        return byName("reflect-config.json");
    }

    /** Types registered for native code, by name. */
    Map<String, JsonNode> jni() throws IOException {
        return byName("jni-config.json");
    }

    boolean includes(String resource) throws IOException {
        for (JsonNode pattern : json("resource-config.json").at("/resources/includes")) {
            if (resource.matches(pattern.get("pattern").asText())) {
                return true;
            }
        }
        return false;
    }

    private Map<String, JsonNode> byName(String name) throws IOException {
        Map<String, JsonNode> types = new HashMap<>();
        json(name).forEach(type -> types.put(type.get("name").asText(), type));
        return types;
    }

    private JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(files.get(CONFIGURATION + name));
    }
}
