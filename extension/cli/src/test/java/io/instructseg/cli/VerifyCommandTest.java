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
import io.instructseg.cli.verify.Comparison;
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
        copyFiles(MODEL_B.resolve("cases/res_square"), golden);
    }

    private static void copyFiles(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
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

    /** The official merge of LoRA and trained tensors, and its run. */
    @Test
    void aMergedAdapterIsVerified() {
        Path lora = Cli.GOLDEN.resolve("model-a-lora");
        Path merged = models.resolve("merged");
        Result converted = Cli.run("convert", Cli.GOLDEN.resolve("model-a"), merged, "--adapter", lora);
        assertThat(converted.exitCode()).as(converted.err()).isZero();
        Result result = Cli.run("verify", merged, lora.resolve("cases/res_landscape"));
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).endsWith("verified\n").contains("end to end").doesNotContain("FAILED", "not verified");
        assertThat(Cli.run("inspect", merged).out()).contains("  model-a-lora/adapter_config.json, ",
                "  model-a-lora/adapter_model.safetensors, ", "  model-a-lora/non_lora_trainables.bin, ");
    }

    /** And no answers in words. */
    @Test
    void aModelWithAnotherWeightIsNot() throws IOException {
        CheckpointCopy copy = new CheckpointCopy(MODEL_B);
        copy.set("vmtf_layers.norm.bias", 0, 0.5f);
        copy.tensors.keySet().removeIf(name -> name.startsWith("lm_head."));
        Path other = models.resolve("other");
        Cli.run("convert", copy.write(models.resolve("checkpoint")), other);
        Result result = Cli.run("verify", other, golden);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).containsPattern("fusion .* FAILED").containsPattern("siglip .* ok").endsWith("not verified\n");
        Result words = Cli.run("verify", other, MODEL_B.resolve("text"));
        assertThat(words.exitCode()).isEqualTo(1);
        assertThat(words.err()).contains("holds answers in words, and the model has none", "lm_head").doesNotContain("\tat ");
        assertThat(Cli.run("ask", other, "What is it?").err()).contains(other + " has no words", "lm_head");
    }

    @Test
    void aTreeOfCasesAndAnswersIsVerified() throws IOException {
        Path tree = Files.createDirectories(golden.resolve("tree"));
        copyFiles(MODEL_B.resolve("cases/res_square"), Files.createDirectories(tree.resolve("cases/one")));
        copyFiles(MODEL_B.resolve("cases/reasonseg"), Files.createDirectories(tree.resolve("cases/two")));
        Path text = copyText(tree.resolve("text"));
        replace(text.resolve("generation.json"), "\"text\": \"cording", "\"text\": \"Cording");
        Result result = Cli.run("verify", model, tree);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.out()).contains(tree.resolve("cases/one") + "\nstage ", tree.resolve("cases/two") + "\nstage ",
                text + "\nstage ").containsPattern("vqa_0 .* text .* FAILED").containsPattern("text_only .* ok")
                .endsWith("differs: " + text + "\nnot verified: 2 of 3 cases\n");
    }

    /** Recorded with an end token of its own, to the prompt of another answer. */
    @Test
    void anAnswerThatEndsByItselfIsRun() throws IOException {
        Verification verification = Verification.run(loaded, MODEL_B.resolve("text"));
        assertThat(verification.passes()).isTrue();
        assertThat(verification.comparisons()).filteredOn(comparison -> comparison.stage().equals("eos"))
                .extracting(Comparison::tensor)
                .containsExactly("ids", "SigLIP's picture", "logits 0", "logits 1", "tokens", "greedy tokens", "text");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = { "What is a dog\\? | What is a cat? | text_only | ids",
            "\\[\\s*298,\\s*259, | [298, 260, | text_only | tokens",
            "\"image_1.png | \"image_0.png | vqa_1 | SigLIP's picture",
            "\"eos_token_id\": 548 | \"eos_token_id\": 467 | eos | greedy tokens" })
    void anotherAnswerIsADifference(String pattern, String replacement, String answer, String tensor) throws IOException {
        Path text = copyText(golden.resolve("text"));
        replace(text.resolve("generation.json"), pattern, replacement);
        Verification verification = Verification.run(loaded, text);
        assertThat(verification.comparisons()).filteredOn(comparison -> !comparison.passes())
                .isNotEmpty().extracting(Comparison::stage).containsOnly(answer);
        assertThat(verification.comparisons()).filteredOn(comparison -> !comparison.passes()).extracting(Comparison::tensor)
                .contains(tensor);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "\"name\": \"vqa_0\" | \"name\": 7 | name is 7, expected a text",
            "\"name\": \"text_only\" | \"name\": \"text_9\" | has no tensor text_9.input_ids",
            "\"image_0.png\" | \"nowhere.png\" | nowhere.png", "\"image_0.png\" | \"a\\\\u0000b\" | image is",
            "\"new_token_ids\": \\[[^]]*] | \"new_token_ids\": [] | new_token_ids of vqa_0 is 0 ids, expected 1 to 2047",
            "\"new_token_ids\": \\[ | \"new_token_ids\": [-1, | new_token_ids of vqa_0 is -1, expected ids of tokens",
            "\"new_token_ids\": \\[ | \"new_token_ids\": [630, | is no case of this model: vqa_0 has the token 630",
            "\"of\": \"vqa_0\" | \"of\": \"vqa_9\" | of in eos is \"vqa_9\", expected the name of an answer before it",
            "\"eos_token_id\": 548 | \"eos_token_id\": \"x\" | eos_token_id of eos is \"x\", expected the id of a token",
            "\"text\": | \"txt\": | text is missing", "\\[ | { | malformed", "(?s)\\[.*] | [] | holds nothing to compare" })
    void damagedAnswersAreNamed(String pattern, String replacement, String message) throws IOException {
        Path text = copyText(golden.resolve("text"));
        replace(text.resolve("generation.json"), pattern, replacement);
        assertThatThrownBy(() -> Verification.run(loaded, text)).isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }

    private static Path copyText(Path target) throws IOException {
        copyFiles(MODEL_B.resolve("text"), Files.createDirectories(target));
        return target;
    }

    private static void replace(Path file, String pattern, String replacement) throws IOException {
        String text = Files.readString(file);
        String changed = text.replaceFirst(pattern, replacement);
        assertThat(changed).isNotEqualTo(text);
        Files.writeString(file, changed);
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
            "\"task\": \"RES\" | \"task\": \"VQA\" | task is VQA, expected one of [R-VOS, RES, ReVOS, ReasonSeg]",
            "\"task\": \"RES\" | \"task\": \"R-VOS\" | has no field reference_frame_num",
            "\\{ | [ | malformed" })
    void aDamagedCaseIsNamed(String pattern, String replacement, String message) throws IOException {
        Path description = golden.resolve("case.json");
        Files.writeString(description, Files.readString(description).replaceFirst(pattern, replacement));
        assertRefused(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "\"frame\": 3 | \"frame\": 7 | frame is 7, expected 0 to 6",
            "\"reference_frame_num\": 4 | \"reference_frame_num\": 65 | reference_frame_num is 65, expected 0 to 64",
            "\"reference_frames\": \\[ | \"reference_frames\": [ -1, | reference_frames is -1, expected 0 to 6",
            "\"object\": 0 | \"object\": 2 | object is 2, expected 0 to 1",
            "\"expressions\": \\[ | \"expressions\": [ [], | sentences is []",
            "frame_00005 | frame_00009 | frame_00009.png",
            "frame_00005 | a\\\\u0000b | frames is" })
    void aDamagedVideoIsNamed(String pattern, String replacement, String message) throws IOException {
        Path cases = MODEL_B.resolve("cases");
        Path copy = Files.createDirectories(golden.resolve("video"));
        copyFiles(cases.resolve("rvos_davis_f3_o0"), copy);
        copyFiles(cases.resolve("media/rvos_davis"), Files.createDirectories(golden.resolve("media/rvos_davis")));
        Path description = copy.resolve("case.json");
        Files.writeString(description, Files.readString(description).replaceFirst(pattern, replacement));
        assertThatThrownBy(() -> Verification.run(loaded, copy)).isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }

    /** The references that the case names are compared with those that we choose. */
    @Test
    void otherReferencesAreADifference() throws IOException {
        Path cases = MODEL_B.resolve("cases");
        Path copy = Files.createDirectories(golden.resolve("video"));
        copyFiles(cases.resolve("media/revos"), Files.createDirectories(golden.resolve("media/revos")));
        Files.writeString(copy.resolve("case.json"), Files.readString(cases.resolve("revos_f5/case.json"))
                .replaceFirst("\"reference_frame_num\": 4", "\"reference_frame_num\": 2"));
        Verification verification = Verification.run(loaded, copy);
        assertThat(verification.passes()).isFalse();
        assertThat(verification.comparisons()).singleElement().extracting(Comparison::tensor).isEqualTo("reference frames");
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
