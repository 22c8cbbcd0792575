package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Runs the jar as a user does. */
class JarIT {

    @TempDir
    Path work;
    private Path temporary;

    @BeforeEach
    void directory() throws IOException {
        temporary = Files.createDirectory(work.resolve("tmp"));
    }

    @Test
    void segments() throws Exception {
        Path mask = work.resolve("mask.png");
        Process process = start("segment", "--model", "demo", "--image",
                Cli.DEMO.resolve("examples/images/01.png").toString(), "--text", "outline the pair of scissors", "--mask",
                mask.toString(), "--json");
        assertThat(exitCode(process)).as(Files.readString(work.resolve("err"))).isZero();
        JsonNode root = new ObjectMapper().readTree(work.resolve("out").toFile());
        assertThat(root.at("/segmentations/0/score").asDouble()).isBetween(0.5, 1.0);
        assertThat(ImageIO.read(mask.toFile()).getHeight()).isEqualTo(360);
        assertThat(names(temporary)).isEmpty();
        assertThat(Files.readString(work.resolve("err"))).doesNotContain("native-access", "\tat ");
    }

    /**
     * JavaCPP allows 4 times the heap of resident memory, less than TensorFlow alone takes here, unless it is told otherwise.
     */
    @Test
    void aSmallHeapIsEnough() throws Exception {
        Process process = start(List.of("-Xmx64m"), "segment", "--model", "demo", "--image",
                Cli.DEMO.resolve("examples/images/01.png").toString(), "--text", "outline the pair of scissors", "--json");
        assertThat(exitCode(process)).as(Files.readString(work.resolve("err"))).isZero();
        assertThat(new ObjectMapper().readTree(work.resolve("out").toFile()).at("/segmentations/0/score").asDouble())
                .isBetween(0.5, 1.0);
    }

    /** Of checkpoints with 60 and 310 MB, whose largest weights are larger than a block. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theMemoryOfAConversionDoesNotGrowWithTheModel() throws Exception {
        long small = peakOfConversion(1);
        long large = peakOfConversion(7);
        assertThat(large).isLessThan(small + (64 << 20));
    }

    private long peakOfConversion(int layers) throws Exception {
        ObjectNode sizes = (ObjectNode) new ObjectMapper().readTree(SynthesizeCommandTest.SIZES);
        ((ObjectNode) sizes.get("languageModel")).put("layers", layers).put("hiddenSize", 1024).put("intermediateSize", 8192)
                .put("heads", 8);
        Path file = Files.writeString(work.resolve(layers + ".json"), sizes.toString());
        Path checkpoint = work.resolve("checkpoint" + layers);
        // less than a graph needs beside it
        Process synthesis = start(List.of("-Xmx32m"), "synthesize", "--size", file.toString(), checkpoint.toString());
        assertThat(exitCode(synthesis)).as(Files.readString(work.resolve("err"))).isZero();
        Process conversion = start(List.of("-Xmx64m"), "convert", checkpoint.toString(),
                work.resolve("model" + layers).toString());
        long peak = peak(conversion);
        assertThat(exitCode(conversion)).as(Files.readString(work.resolve("err"))).isZero();
        return peak;
    }

    /** The most resident memory of a process, in bytes, as the system tells it shortly before its end. */
    private static long peak(Process process) throws InterruptedException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        long peak = 0;
        while (process.isAlive()) {
            try (Stream<String> lines = Files.lines(status)) {
                peak = lines.filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst().orElse(peak);
            } catch (IOException | UncheckedIOException e) {
                // it has just ended
            }
            Thread.sleep(5);
        }
        return peak * 1024;
    }

    @Test
    void failsWithAMessage() throws Exception {
        Process process = start("segment", "--model", "demo", "--image", "missing.png", "--text", "a");
        assertThat(exitCode(process)).isEqualTo(1);
        assertThat(work.resolve("err")).hasContent("instructseg: missing.png: no such file or directory");
        assertThat(work.resolve("out")).isEmptyFile();
    }

    @Test
    void aConversionThatIsInterruptedLeavesNothing() throws Exception {
        Path models = Files.createDirectory(work.resolve("models"));
        Process process = start("convert", Cli.GOLDEN.resolve("model-b").toString(), models.resolve("b").toString());
        while (process.isAlive() && names(models).isEmpty()) {
            Thread.sleep(5);
        }
        assertThat(names(models)).singleElement().asString().startsWith("b.partial-");
        process.destroy();
        assertThat(exitCode(process)).isNotZero();
        assertThat(names(models)).isEmpty();
        assertThat(work.resolve("out")).isEmptyFile();
    }

    /** Not even then is what is there taken for a model, and it hinders nobody. */
    @ParameterizedTest
    @ValueSource(strings = { "variables", "saved_model.pb" })
    void aConversionThatIsKilledLeavesNoModel(String written) throws Exception {
        Path models = Files.createDirectory(work.resolve("models"));
        String[] arguments = { "convert", Cli.GOLDEN.resolve("model-b").toString(), models.resolve("b").toString() };
        Process process = start(arguments);
        while (process.isAlive()
                && (names(models).isEmpty() || !Files.exists(models.resolve(names(models).get(0)).resolve(written)))) {
            Thread.onSpinWait();
        }
        process.destroyForcibly().waitFor();
        assertThat(names(models)).singleElement().asString().startsWith("b.partial-");
        assertThat(Cli.run("inspect", models.resolve("b")).exitCode()).isEqualTo(1);
        assertThat(Cli.run((Object[]) arguments).exitCode()).isZero();
        assertThat(Cli.run("inspect", models.resolve("b")).exitCode()).isZero();
    }

    @Test
    void aVideoThatIsInterruptedLeavesNothing() throws Exception {
        Path video = Files.createDirectory(work.resolve("video"));
        byte[] frame = Files.readAllBytes(Cli.DEMO.resolve("examples/videos/1/00000.jpg"));
        for (int i = 0; i < 500; i++) {
            Files.write(video.resolve(i + ".jpg"), frame);
        }
        Path results = Files.createDirectory(work.resolve("results"));
        Process process = start("segment", "--model", "demo", "--video", video.toString(), "--text", "detect guitar",
                "--masks", results.resolve("masks").toString(), "--overlay", results.resolve("o.mp4").toString(), "--jsonl",
                results.resolve("a.jsonl").toString());
        while (process.isAlive() && files(results) < 10) {
            Thread.sleep(5);
        }
        assertThat(names(results)).hasSize(3).allMatch(name -> name.startsWith(".instructseg-"));
        process.destroy();
        assertThat(exitCode(process)).isNotZero();
        assertThat(names(results)).isEmpty();
        assertThat(names(temporary)).isEmpty();
        assertThat(work.resolve("out")).isEmptyFile();
    }

    private static long files(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.count();
        }
    }

    private Process start(String... arguments) throws IOException {
        return start(List.of(), arguments);
    }

    private Process start(List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
        command.addAll(options);
        command.addAll(List.of("-Djava.io.tmpdir=" + temporary, "-jar", System.getProperty("instructseg.jar")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectOutput(file("out")).redirectError(file("err")).start();
    }

    private File file(String name) {
        return work.resolve(name).toFile();
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
