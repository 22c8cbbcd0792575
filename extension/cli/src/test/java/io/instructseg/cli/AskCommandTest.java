package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.cli.Cli.Result;

/** The official answer to the example's question is "A hammer". */
class AskCommandTest {

    private static final Path IMAGE = Cli.DEMO.resolve("examples/images/02.png");
    private static final String QUESTION = "What can you see on the far left?";
    /** A token of the model, whose width is 160. */
    private static final int SIX_BLANKS = 1403;
    private static final InputStream STANDARD_INPUT = System.in;

    @AfterEach
    void restoreInput() {
        System.setIn(STANDARD_INPUT);
    }

    private static void input(String text) {
        System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void answersAQuestionAboutAPicture() {
        Result result = Cli.run("ask", "demo", "--image", IMAGE, QUESTION);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().strip()).isEqualTo("A hammer");
        assertThat(result.out()).endsWith(System.lineSeparator());
        assertThat(result.err()).doesNotContain("warning");
    }

    @Test
    void chatsForPrograms() throws IOException {
        input("\r\n  \nWhat color is the cup, \u00fc?\r\n" + QUESTION);
        Result result = Cli.run("ask", "demo", "--image", IMAGE, "--chat", "--json", "--stop", "mer", QUESTION);
        assertThat(result.exitCode()).as(result.err()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(3);
        JsonNode first = new ObjectMapper().readTree(lines.get(0));
        assertThat(first.get("question").asText()).isEqualTo(QUESTION);
        assertThat(first.get("text").asText().strip()).isEqualTo("A ham");
        assertThat(first.get("finish").asText()).isEqualTo("stop_string");
        assertThat(first.get("tokens").asInt()).isPositive();
        assertThat(first.at("/image/width").asInt()).isPositive();
        assertThat(first.at("/timings/prefill").asDouble()).isPositive();
        JsonNode second = new ObjectMapper().readTree(lines.get(1));
        assertThat(second.get("question").asText()).isEqualTo("What color is the cup, \u00fc?");
        // the first turn is read again
        assertThat(second.get("prompt_tokens").asInt()).isGreaterThan(first.get("prompt_tokens").asInt() + 5);
    }

    @Test
    void answersWithoutAPictureAndTellsWhatEndedIt() {
        Result result = Cli.run("ask", "demo", "--max-tokens", "1", "--temperature", "0.7", "--top-k", "5", "--top-p", "0.9",
                "--seed", "3", "What is a dog?");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().lines()).hasSize(1);
        assertThat(result.err()).contains("warning: the answer was ended after 1 tokens (--max-tokens)");
    }

    @Test
    void aBlankQuestionIsNamed() {
        Result result = Cli.run("ask", "demo", " ");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("instructseg: question: found").doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aRefusedQuestionDoesNotEndAChat() {
        input("<image>\n" + "why ".repeat(2000) + "\n" + QUESTION);
        Result result = Cli.run("ask", "demo", "--image", IMAGE, "--chat");
        assertThat(result.out().strip()).isEqualTo("A hammer");
        assertThat(result.err()).contains("instructseg: question: found a blank text, expected words",
                "instructseg: question: found a prompt of ").doesNotContain("\tat ");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    /** Here a token of six blanks is called {@code <image>}, and is all that the model says. */
    @Test
    void anAnswerThatTheModelWouldRefuseIsNotRemembered(@TempDir Path directory) throws IOException {
        CheckpointCopy checkpoint = new CheckpointCopy(Cli.DEMO.resolve("checkpoint"));
        checkpoint.set("model.final_layernorm.bias", 0, 1e3f);
        checkpoint.set("lm_head.weight", SIX_BLANKS * 160, 1e3f);
        Path source = checkpoint.write(directory.resolve("checkpoint"));
        for (String name : List.of("tokenizer.json", "tokenizer_config.json", "added_tokens.json")) {
            Path file = source.resolve(name);
            Files.writeString(file, Files.readString(file).replace("\"      \"", "\"<image>\""));
        }
        Path model = directory.resolve("model");
        assertThat(Cli.run("convert", source, model).exitCode()).isZero();
        input(QUESTION);
        Result result = Cli.run("ask", model, "--chat", "--max-tokens", "1", QUESTION);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().lines()).containsExactly("<image>", "<image>");
    }

    @Test
    void anAnswerThatDoesNotFitBehindThePromptIsRefusedByItsOption() {
        input(QUESTION);
        Result result = Cli.run("ask", "demo", "--chat", "--max-tokens", "2047");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("instructseg: --max-tokens: found 2047 after a prompt of ");
    }

    @ParameterizedTest
    @CsvSource({ "--max-tokens, 0, '--max-tokens: found 0, expected 1 to 2047'", "--temperature, -1, --temperature: found -1",
            "--temperature, NaN, --temperature: found NaN", "--top-k, -1, --top-k: found -1", "--top-p, 0, --top-p: found 0",
            "--seed, x, --seed", "--stop, '', --stop[0]: found 0 characters" })
    void optionsAreNamed(String option, String value, String message) {
        Result result = Cli.run("ask", "demo", option, value, QUESTION);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains(message);
    }

    @Test
    void whatIsMissingIsNamed() {
        Result question = Cli.run("ask", "demo");
        assertThat(question.exitCode()).isEqualTo(2);
        assertThat(question.err()).contains("QUESTION: found none", "--chat");
        Result picture = Cli.run("ask", "demo", "--image", "missing.png", QUESTION);
        assertThat(picture.exitCode()).isEqualTo(1);
        assertThat(picture.err()).contains("instructseg: missing.png: no such file or directory");
        Result model = Cli.run("ask", "nowhere", QUESTION);
        assertThat(model.exitCode()).isEqualTo(1);
        assertThat(model.err()).contains("nowhere: no such directory");
    }

    @Test
    void anEndlessLineIsRefused() {
        input("a".repeat((1 << 20) + 1));
        Questions questions = new Questions(Optional.empty(), true, new PrintWriter(PrintWriter.nullWriter()));
        assertThatThrownBy(questions::next).isInstanceOf(IOException.class)
                .hasMessageContaining("standard input: found a line of more than 1048576 characters");
    }
}
