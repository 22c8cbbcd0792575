package io.instructseg.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.cli.Cli.Result;

class ConvertCommandTest {

    private static final Path MODEL_A = Cli.GOLDEN.resolve("model-a");
    private static final Path MODEL_B = Cli.GOLDEN.resolve("model-b");
    private static final String CASE = "cases/reasonseg";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    Path temp;
    private Path models;
    private Path target;

    @BeforeEach
    void directories() throws IOException {
        models = Files.createDirectory(temp.resolve("models"));
        target = models.resolve("model");
    }

    @Test
    void convertsTorchShards() throws IOException {
        assertSuccess(Cli.run("convert", MODEL_A, target));
        assertOfficialAnswer(MODEL_A, 1e-3);
    }

    @Test
    void convertsSafetensorsShards() throws IOException {
        Result result = Cli.run("convert", MODEL_B, target);
        assertSuccess(result);
        assertThat(result.out()).startsWith(target.toString()).contains("parameters", "FLOAT32");
        assertOfficialAnswer(MODEL_B, 1e-3);
    }

    /**
     * The official winner stays the winner whatever happens to the others, if a score is off by less than half of its margin.
     * The stages' own tolerances in these precisions are those of {@code verify}.
     */
    @ParameterizedTest
    @ValueSource(strings = { "bfloat16", "float16" })
    void convertsToLowPrecision(String precision) throws IOException {
        assertSuccess(Cli.run("convert", MODEL_B, target, "--precision", precision));
        assertThat(Cli.run("inspect", target).out()).contains(precision.toUpperCase() + " matrices");
        assertOfficialAnswer(MODEL_B, officialCase(MODEL_B).get("score_margin").asDouble() / 2);
    }

    @Test
    void unusedWeightsPassWhenIgnored() throws IOException {
        CheckpointCopy copy = new CheckpointCopy(MODEL_B);
        copy.add("criterion.empty_weight", 1, 2);
        copy.add("criterion.other", 1);
        Path checkpoint = copy.write(temp.resolve("checkpoint"));

        Result refused = Cli.run("convert", checkpoint, target);
        assertRefused(refused, "unused: criterion.empty_weight [2]", "unused: criterion.other [1]", "--ignore");
        // a pattern matches whole names, and a dot is a dot
        assertRefused(Cli.run("convert", checkpoint, target, "--ignore", "criterion", "--ignore", "criterion_*"),
                "criterion.other");
        assertSuccess(Cli.run("convert", checkpoint, target, "--ignore", "criterion.emp*", "--ignore", "*.other"));
    }

    @Test
    void whatAnAdapterChangesIsTold() throws IOException {
        Path adapter = Cli.GOLDEN.resolve("model-a-lora");
        Result result = Cli.run("convert", MODEL_A, target, "--adapter", adapter);
        assertSuccess(result);
        assertThat(result.out())
                .startsWith(adapter + ": rank 8, scale 2.0, 6 matrices merged, 6 tensors replaced\n" + target + ": ");
    }

    @Test
    void whatIsAssumedOfAnAdapterIsTold() throws IOException {
        CheckpointCopy copy = new CheckpointCopy(MODEL_B);
        CheckpointCopy.Tensor weight = copy.tensors.get("model.layers.0.mlp.fc1.weight");
        copy.tensors.keySet().retainAll(List.of("seg_query"));
        copy.tensors.put("base_model.model.seg_query", copy.tensors.remove("seg_query"));
        String module = "base_model.model.model.layers.0.mlp.fc1.";
        copy.tensors.put(module + "base_layer.weight", weight);
        copy.addZeros(module + "lora_A.default.weight", 8, weight.shape().get(1));
        copy.addZeros(module + "lora_B.default.weight", weight.shape().get(0), 8);
        Path state = copy.write(temp.resolve("state"));
        Result result = Cli.run("convert", MODEL_B, target, "--adapter", state);
        assertSuccess(result);
        assertThat(result.out()).startsWith(state + ": rank 8, scale 2.0 (assumed, it has no adapter_config.json), "
                + "1 matrices merged, 2 tensors replaced\n" + target + ": ");
    }

    @Test
    void weightsThatDoNotFitAreNamedAtOnce() throws IOException {
        CheckpointCopy copy = new CheckpointCopy(MODEL_B);
        copy.tensors.remove("seg_query_projector.bias");
        copy.tensors.remove("model.layers.1.mlp.fc1.weight");
        copy.resize("predictor.SEG_proj.layers.1.bias",
                copy.tensors.get("predictor.SEG_proj.layers.1.bias").shape().get(0) + 1);
        assertRefused(Cli.run("convert", copy.write(temp.resolve("checkpoint")), target), "3 weights",
                "missing: seg_query_projector.bias", "missing: model.layers.1.mlp.fc1.weight",
                "misshapen: predictor.SEG_proj.layers.1.bias");
    }

    @Test
    void offendersOfAllKindsAreNamedAtOnce() throws IOException {
        CheckpointCopy copy = new CheckpointCopy(MODEL_B);
        copy.tensors.remove("seg_query_projector.bias");
        copy.add("criterion.empty_weight", 1, 2);
        copy.set("local_project.bias", 0, Float.NaN);
        copy.resize("predictor.SEG_proj.layers.1.bias", 3);
        assertRefused(Cli.run("convert", copy.write(temp.resolve("checkpoint")), target), "4 weights",
                "missing: seg_query_projector.bias, expected shape [72]", "unused: criterion.empty_weight",
                "misshapen: predictor.SEG_proj.layers.1.bias has shape [3], expected [72]",
                "not finite: local_project.bias, 1 elements");
    }

    @Test
    void duplicatesAcrossShardsAreNamed() throws IOException {
        Path checkpoint = Files.createDirectory(temp.resolve("shards"));
        try (Stream<Path> files = Files.list(MODEL_B)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, checkpoint.resolve(file.getFileName()));
            }
        }
        Files.copy(checkpoint.resolve("model-00005-of-00005.safetensors"), checkpoint.resolve("copy.safetensors"));
        Path index = checkpoint.resolve("model.safetensors.index.json");
        Files.writeString(index, Files.readString(index).replace("\"weight_map\": {",
                "\"weight_map\": {\n\"vmtf_layers.extra\": \"copy.safetensors\","));
        assertRefused(Cli.run("convert", checkpoint, target), "'vmtf_layers.extra' is not in copy.safetensors",
                "is a duplicate: the index expects it in model-00005-of-00005.safetensors");
    }

    @Test
    void weightsThatAreNotFiniteAreNamedAtOnce() throws IOException {
        CheckpointCopy copy = new CheckpointCopy(MODEL_B);
        copy.set("local_project.bias", 0, Float.NaN);
        copy.set("model.embed_tokens.weight", 7, Float.NEGATIVE_INFINITY);
        assertRefused(Cli.run("convert", copy.write(temp.resolve("checkpoint")), target), "2 weights",
                "not finite: local_project.bias, 1 elements", "not finite: model.embed_tokens.weight, 1 elements");
    }

    @Test
    void weightsThatOccurTwiceAreNamed() throws IOException {
        Path checkpoint = new CheckpointCopy(MODEL_B).write(temp.resolve("checkpoint"));
        Path weights = checkpoint.resolve("model.safetensors");
        String file = Files.readString(weights, StandardCharsets.ISO_8859_1);
        Files.writeString(weights, file.replace("predictor.SEG_proj.layers.0.bias", "predictor.SEG_proj.layers.1.bias"),
                StandardCharsets.ISO_8859_1);
        assertRefused(Cli.run("convert", checkpoint, target), "Duplicate field 'predictor.SEG_proj.layers.1.bias'");
    }

    @Test
    void aTokenizerOfAnotherSizeIsRefused() throws IOException {
        CheckpointCopy copy = new CheckpointCopy(MODEL_B);
        copy.resize("model.embed_tokens.weight", 570);
        assertRefused(Cli.run("convert", copy.write(temp.resolve("checkpoint")), target),
                "the tokenizer has 573 tokens, model.embed_tokens.weight has 570 rows");
    }

    @Test
    void aTokenizerWithoutTheSegmentationTokenIsRefused() throws IOException {
        Path checkpoint = new CheckpointCopy(MODEL_B).write(temp.resolve("checkpoint"));
        for (String name : new String[] { "tokenizer.json", "added_tokens.json", "tokenizer_config.json" }) {
            Path file = checkpoint.resolve(name);
            Files.writeString(file, Files.readString(file).replace("[SEG]", "[GES]"));
        }
        assertRefused(Cli.run("convert", checkpoint, target), "no [SEG]");
    }

    @Test
    void damagedWeightsAreRefused() throws IOException {
        Path checkpoint = new CheckpointCopy(MODEL_B).write(temp.resolve("checkpoint"));
        Path weights = checkpoint.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(whole, whole.length - 100));
        assertRefused(Cli.run("convert", checkpoint, target), "model.safetensors");
    }

    @Test
    void directoriesThatDoNotFitAreRefused() throws IOException {
        assertRefused(Cli.run("convert", temp.resolve("nowhere"), target), "nowhere: no such directory");
        assertRefused(Cli.run("convert", models, target), "no weights, expected model.safetensors");
        Path file = Files.writeString(temp.resolve("file"), "content");
        assertThat(Cli.run("convert", MODEL_B, file.resolve("model")))
                .matches(result -> result.exitCode() == 1 && result.err().startsWith("instructseg: " + file));
        assertThat(Cli.run("convert", MODEL_B, temp).err()).contains(temp + " exists already");
        assertThat(file).hasContent("content");
    }

    @Test
    void aCheckpointWithoutConfigurationIsRefused() throws IOException {
        Path checkpoint = new CheckpointCopy(MODEL_B).write(temp.resolve("checkpoint"));
        Files.delete(checkpoint.resolve("config.json"));
        assertRefused(Cli.run("convert", checkpoint, target), "file 'config.json' is missing");
    }

    @Test
    void linksOutOfTheCheckpointAreRefused() throws IOException {
        Path checkpoint = new CheckpointCopy(MODEL_B).write(temp.resolve("checkpoint"));
        for (String name : new String[] { "vocab.json", "config.json" }) {
            Path outside = Files.move(checkpoint.resolve(name), temp.resolve(name));
            Files.createSymbolicLink(checkpoint.resolve(name), outside);
            assertRefused(Cli.run("convert", checkpoint, target), "file '" + name + "' is a link out of the directory");
            Files.move(outside, checkpoint.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void usageIsChecked() {
        assertThat(Cli.run("convert", MODEL_B).exitCode()).isEqualTo(2);
        Result result = Cli.run("convert", MODEL_B, target, "--precision", "int8");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("--precision", "int8", "BFLOAT16");
    }

    private void assertOfficialAnswer(Path golden, double tolerance) throws IOException {
        JsonNode expected = officialCase(golden);
        Result result = Cli.run("segment", "--model", target, "--image",
                golden.resolve(CASE).resolve(expected.get("image").asText()),
                "--text", expected.get("sentences").get(0).asText(), "--task", "reasoning", "--json");
        assertSuccess(result);
        JsonNode answer = MAPPER.readTree(result.out()).get("segmentations").get(0);
        assertThat(answer.get("query").asInt()).isEqualTo(expected.get("winner").asInt());
        assertThat(answer.get("score").asDouble()).isCloseTo(expected.get("winner_score").asDouble(), within(tolerance));
        assertThat(answer.get("mask").get("size")).hasToString(
                "[" + expected.get("height") + "," + expected.get("width") + "]");
    }

    private static JsonNode officialCase(Path golden) throws IOException {
        return MAPPER.readTree(golden.resolve(CASE).resolve("case.json").toFile());
    }

    private static void assertSuccess(Result result) {
        assertThat(result.exitCode()).as(result.err()).isZero();
    }

    private void assertRefused(Result result, String... words) throws IOException {
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).startsWith("instructseg: ").contains(words).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
        try (Stream<Path> left = Files.list(models)) {
            assertThat(left).isEmpty();
        }
    }
}
