package io.instructseg.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.demo.DemoModel;

/** The packaged application as in production: in a JVM of its own or, with {@code -Dnative}, as an executable. */
class ProductionIT {

    private static final String EXECUTABLE = "native.image.path";
    private static final Path APPLICATION = Path.of(System.getProperty("instructseg.application"));
    private static final Path EXAMPLES = Path.of(System.getProperty("instructseg.demo-examples"));

    @TempDir
    static Path directory;

    @Test
    void withoutAModelTheStartFailsAndSaysHowToGetOne() throws Exception {
        Run run = run(List.of(), "any.png", "the cat");
        assertThat(run.exitCode).isNotZero();
        assertThat(run.output).contains("quarkus.instructseg.model is not set").contains("instructseg convert");
    }

    @Test
    void aDirectoryWithoutAModelIsNamed() throws Exception {
        Run run = run(List.of("-Dquarkus.instructseg.model=" + directory.resolve("nowhere")), "any.png", "the cat");
        assertThat(run.exitCode).isNotZero();
        assertThat(run.output).contains("quarkus.instructseg.model is '" + directory.resolve("nowhere") + "'")
                .contains("no saved_model.pb was found");
    }

    @Test
    void aConfiguredModelAnswersLikeTheOfficialCode() throws Exception {
        DemoModel.extractTo(directory.resolve("model"));
        JsonNode example = new ObjectMapper().readTree(EXAMPLES.resolve("expected.json").toFile()).get(0);
        Run run = run(List.of("-Dquarkus.instructseg.model=" + directory.resolve("model")),
                EXAMPLES.resolve(example.get("image").asText()).toString(), example.get("sentence").asText());
        assertThat(run.exitCode).as(run.output).isZero();
        Matcher score = Pattern.compile("score ([0-9.]+) ").matcher(run.output);
        assertThat(score.find()).as(run.output).isTrue();
        assertThat(Double.parseDouble(score.group(1))).isCloseTo(example.get("official").get("score").asDouble(), within(1e-3));
    }

    @Test
    @DisabledIfSystemProperty(named = EXECUTABLE, matches = ".+", disabledReason = "an executable has no jars")
    void neitherTheDemoModelNorTheConversionNorTheDevUiIsInIt() throws IOException {
        try (Stream<Path> files = Files.walk(APPLICATION)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.contains("io.instructseg")))
                    .isNotEmpty()
                    .noneMatch(
                            name -> name.matches(".*(demo-model|conversion|checkpoint|instructseg-model|instructseg-dev).*"));
        }
    }

    private static Run run(List<String> options, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        String executable = System.getProperty(EXECUTABLE);
        command.add(executable != null ? executable : Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        if (executable == null) {
            command.addAll(List.of("-jar", APPLICATION.resolve("quarkus-run.jar").toString()));
        }
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }

    private record Run(int exitCode, String output) {
    }
}
