package io.instructseg.quarkus.deployment.nativeimage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** What a segmentation looks up reflectively, found by running one in a JVM of its own with {@link ReflectionAgent}. */
final class ReflectionTrace {

    private static final String TRACE = "trace.txt";
    private static final String OUTPUT = "output.txt";

    private ReflectionTrace() {
    }

    /** @param kind class, constructor, method, field or resource; {@code member} is * for all, empty for none */
    record Lookup(String kind, String type, String member) {

        static Lookup parse(String line) {
            String[] parts = line.split(" ", -1);
            return new Lookup(parts[0], parts[1], parts[2]);
        }
    }

    /** @param directory empty, for what the run needs and writes */
    static Process start(Path directory, Path picture, String sentence) throws IOException {
        Path options = Files.writeString(directory.resolve("class-path"),
                "-cp \"" + System.getProperty("java.class.path").replace("\\", "\\\\") + "\"");
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g",
                "-javaagent:" + agent(directory) + "=" + directory.resolve(TRACE), "@" + options,
                TracedSegmentation.class.getName(), directory.resolve("model").toString(), picture.toString(), sentence)
                .redirectErrorStream(true).redirectOutput(directory.resolve(OUTPUT).toFile()).start();
    }

    /** Waits for the run's end. */
    static List<Lookup> of(Process run, Path directory) throws IOException, InterruptedException {
        assertThat(run.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(run.exitValue()).as(Files.readString(directory.resolve(OUTPUT), StandardCharsets.UTF_8)).isZero();
        return Files.readAllLines(directory.resolve(TRACE)).stream().map(Lookup::parse).toList();
    }

    /** The agent's classes are on the class path. */
    private static Path agent(Path directory) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", ReflectionAgent.class.getName());
        Path jar = directory.resolve("agent.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        return jar;
    }
}
