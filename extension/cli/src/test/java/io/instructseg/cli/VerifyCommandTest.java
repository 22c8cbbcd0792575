package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.instructseg.cli.Cli.Result;
import io.instructseg.cli.verify.Verification;
import io.instructseg.engine.SegmentationModel;

class VerifyCommandTest {

    private static final Path MODEL_B = Cli.GOLDEN.resolve("model-b");

    @TempDir
    static Path models;

    private static Path model;
    private static SegmentationModel loaded;

    @TempDir
    Path golden;

    @BeforeAll
    static void convert() throws IOException {
        model = models.resolve("b");
        assertThat(Cli.run("convert", MODEL_B, model).exitCode()).isZero();
        loaded = SegmentationModel.load(model);
    }

    @AfterAll
    static void close() {
        loaded.close();
    }

    @BeforeEach
    void copyCase() throws IOException {
        try (Stream<Path> files = Files.list(MODEL_B.resolve("cases/res_square"))) {
            for (Path file : files.toList()) {
                Files.copy(file, golden.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void aFaithfulModelIsVerified() {
        Result result = Cli.run("verify", model, golden);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).startsWith("stage ").endsWith("verified\n").contains("end to end")
                .doesNotContain("FAILED", "not verified");
    }

    @Test
    void aModelWithAnotherWeightIsNot() throws IOException {
        CheckpointCopy copy = new CheckpointCopy(MODEL_B);
        copy.set("vmtf_layers.norm.bias", 0, 0.5f);
        Path other = models.resolve("other");
        Cli.run("convert", copy.write(models.resolve("checkpoint")), other);
        Result result = Cli.run("verify", other, golden);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).containsPattern("fusion .* FAILED").containsPattern("siglip .* ok").endsWith("not verified\n");
    }

    @ParameterizedTest
    @ValueSource(strings = { "preprocess", "siglip", "swin", "prompt", "ovp", "fusion", "mask_decoder", "result" })
    void stagesThatTheCaseDoesNotHoldAreLeftOut(String stage) throws IOException {
        Files.delete(golden.resolve(stage + ".safetensors"));
        assertThat(Verification.run(loaded, golden).passes()).isTrue();
    }

    @Test
    void aCaseWithoutStagesIsNoProof() throws IOException {
        try (Stream<Path> files = Files.list(golden)) {
            for (Path file : files.filter(name -> name.toString().endsWith(".safetensors")).toList()) {
                Files.delete(file);
            }
        }
        assertRefused("holds nothing to compare");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "\"winner\": \\d+ | \"winner\": -1 | winner is -1, expected 0 to 9",
            "\"winner\": \\d+ | \"winner\": \"x\" | winner is \"x\"",
            "\"sentences\": \\[[^]]*] | \"sentences\": [] | sentences is []",
            "\"sentences\": \\[[^]]*] | \"sentences\": \"the dog\" | sentences is \"the dog\"",
            "\"image\": | \"images\": [], \"image\": | sentences",
            "\"image.png\" | \"nowhere.png\" | nowhere.png",
            "\"image.png\" | \"a\\\\u0000b\" | image is",
            "\"task\": \"RES\" | \"task\": \"R-VOS\" | task is R-VOS",
            "\\{ | [ | malformed" })
    void aDamagedCaseIsNamed(String pattern, String replacement, String message) throws IOException {
        Path description = golden.resolve("case.json");
        Files.writeString(description, Files.readString(description).replaceFirst(pattern, replacement));
        assertRefused(message);
    }

    @Test
    void aCaseOfAnotherModelIsRefused() {
        Result result = Cli.run("verify", model, Cli.GOLDEN.resolve("model-a/cases/res_square"));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("is no case of this model", "expected [-1, 60, 60, 3]").doesNotContain("\tat ");
    }

    @Test
    void aTruncatedStageIsNamed() throws IOException {
        Path file = golden.resolve("ovp.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 8));
        assertRefused("ovp.safetensors");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> Verification.run(loaded, golden)).isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
