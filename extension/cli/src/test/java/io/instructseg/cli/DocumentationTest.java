package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the handbook says of a command is what the command says. */
class DocumentationTest {

    private static final Path HANDBOOK = Path.of(System.getProperty("instructseg.test-data"), "../../docs/command-line.md");

    @ParameterizedTest
    @ValueSource(strings = { "segment", "ask", "convert", "verify", "inspect", "benchmark", "synthesize" })
    void theHandbookHasTheHelpText(String command) throws IOException {
        String help = Cli.run(command, "--help").out().strip().lines().map(String::stripTrailing)
                .collect(Collectors.joining("\n"));
        assertThat(Files.readString(HANDBOOK)).contains("```text\n" + help + "\n```");
    }
}
