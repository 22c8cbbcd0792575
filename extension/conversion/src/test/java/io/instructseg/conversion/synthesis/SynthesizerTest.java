package io.instructseg.conversion.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.TensorInfo;
import io.instructseg.conversion.ConversionException;
import io.instructseg.conversion.HyperparameterReader;
import io.instructseg.format.Hyperparameters;
import io.instructseg.format.Precision;

class SynthesizerTest {

    private static final Path GOLDEN = Path.of(System.getProperty("instructseg.test-data"), "golden");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    Path temp;

    /** Names, shapes and types of the golden checkpoints. */
    @ParameterizedTest
    @ValueSource(strings = { "model-a", "model-b" })
    void hasTheTensorsOfAnOfficialCheckpoint(String golden) throws IOException {
        Map<String, String> expected = tensors(GOLDEN.resolve(golden));
        synthesize(sizes(golden), Precision.FLOAT32, 0, "made-up");
        Map<String, String> found = tensors(temp.resolve("made-up"));
        assertThat(found).isEqualTo(expected);
        assertThat(HyperparameterReader.read(temp.resolve("made-up"), shapes(temp.resolve("made-up"))))
                .isEqualTo(sizes(golden));
    }

    /** The published model: 3.47 billion parameters, 51200 rows of output, indices of 144 positions. */
    @Test
    void theOfficialSize() throws IOException {
        Map<String, List<Long>> shapes = OfficialLayout.shapes(HyperparameterReader.official());
        long parameters = shapes.entrySet().stream().filter(entry -> !entry.getKey().endsWith("position_index"))
                .mapToLong(entry -> entry.getValue().stream().reduce(1L, (a, b) -> a * b)).sum();
        assertThat(parameters * 1e-9).isCloseTo(3.47, within(0.01));
        assertThat(shapes).containsEntry("lm_head.weight", List.of(51200L, 2560L))
                .containsEntry("model.embed_tokens.weight", List.of(50296L, 2560L))
                .containsEntry("model.vision_tower.vision_model.encoder.layers.26.mlp.fc1.weight", List.of(4304L, 1152L))
                .doesNotContainKey("model.vision_tower.vision_model.encoder.layers.27.mlp.fc1.weight")
                .containsEntry("model.vision_tower_mask.layers.2.blocks.17.attn.relative_position_index", List.of(144L, 144L));
    }

    @Test
    void theIndexBuffersAreTheOfficialOnes() throws IOException {
        String name = "model.vision_tower_mask.layers.1.blocks.1.attn.relative_position_index";
        synthesize(sizes("model-a"), Precision.FLOAT16, 0, "made-up");
        try (Checkpoint golden = Checkpoint.open(GOLDEN.resolve("model-a"));
                Checkpoint found = Checkpoint.open(temp.resolve("made-up"))) {
            assertThat(found.readIntegers(name)).isEqualTo(golden.readIntegers(name));
        }
    }

    /** A uniform distribution of variance 1 / fan-in; norms about 1. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void weightsKeepActivationsInBounds(Precision precision) throws IOException {
        synthesize(sizes("model-a"), precision, 7, "made-up");
        try (Checkpoint found = Checkpoint.open(temp.resolve("made-up"))) {
            float[] matrix = read(found, "model.layers.0.mlp.fc1.weight");
            double mean = mean(matrix, value -> value);
            assertThat(mean).isCloseTo(0, within(0.01));
            assertThat(mean(matrix, value -> value * value)).isCloseTo(1.0 / 66, within(0.05 / 66));
            for (float weight : read(found, "model.layers.0.input_layernorm.weight")) {
                assertThat(weight).isBetween(0.89f, 1.11f);
            }
            assertThat(Arrays.equals(matrix, read(found, "model.layers.1.mlp.fc1.weight"))).isFalse();
        }
    }

    @Test
    void equalArgumentsMakeEqualFiles() throws IOException {
        for (String name : List.of("a", "b")) {
            synthesize(sizes("model-a"), Precision.BFLOAT16, 1, name);
        }
        synthesize(sizes("model-a"), Precision.BFLOAT16, 2, "other");
        assertThat(contents("a")).isEqualTo(contents("b"));
        String shard = "model-00001-of-00001.safetensors";
        assertThat(contents("other").get(shard)).isNotEqualTo(contents("a").get(shard));
    }

    /** Blocks and shards don't show in the numbers. */
    @Test
    void severalShards() throws IOException {
        Hyperparameters sizes = sizes("model-a");
        synthesize(sizes, Precision.FLOAT16, 3, "one");
        List<SyntheticTensor> tensors = OfficialLayout.shapes(sizes).entrySet().stream()
                .map(entry -> OfficialLayout.tensor(entry.getKey(), entry.getValue(), Precision.FLOAT16, 3)).toList();
        Path several = Files.createDirectory(temp.resolve("several"));
        List<Shard> shards = Shard.split(tensors, 500_000);
        new ShardWriter(several, shards, (step, done, total) -> assertThat(done).isBetween(0L, total)).write();
        assertThat(shards).hasSizeGreaterThan(4);
        try (Checkpoint one = Checkpoint.open(temp.resolve("one")); Checkpoint other = Checkpoint.open(several)) {
            assertThat(other.files()).hasSize(shards.size() + 1);
            assertThat(other.tensors().keySet()).isEqualTo(one.tensors().keySet());
            for (TensorInfo tensor : one.tensors().values()) {
                if (tensor.dataType().isFloatingPoint()) {
                    assertThat(read(other, tensor.name())).isEqualTo(read(one, tensor.name()));
                }
            }
        }
    }

    /** Whole, as the golden tokenizer is; of fewer tokens, a beginning of it. */
    @Test
    void theTokenizerIsPhi2s() throws IOException {
        Path official = GOLDEN.resolve("phi2-tokenizer/tokenizer");
        new SyntheticTokenizer(50296).write(temp);
        for (String name : List.of("vocab.json", "added_tokens.json")) {
            assertThat(MAPPER.readTree(temp.resolve(name).toFile()))
                    .isEqualTo(MAPPER.readTree(official.resolve(name).toFile()));
        }
        assertThat(temp.resolve("merges.txt")).hasSameTextualContentAs(official.resolve("merges.txt"));
        JsonNode config = MAPPER.readTree(temp.resolve("tokenizer_config.json").toFile());
        JsonNode expected = MAPPER.readTree(official.resolve("tokenizer_config.json").toFile());
        config.properties().forEach(field -> assertThat(field.getValue()).as(field.getKey())
                .isEqualTo(expected.get(field.getKey())));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "{\"languageModel\":{\"layer\":3}} | Unrecognized field \"layer\"", "{\"phi\":{}} | Unrecognized field \"phi\"",
            "{\"languageModel\":{\"layers\":0}} | languageModel.layers is 0, must be 1 to 128",
            "{\"languageModel\":{\"layers\":\"3\"}} | languageModel.layers", "{\"languageModel\":3} | languageModel",
            "{\"languageModel\":{\"layers\":2.5}} | languageModel.layers",
            "{\"languageModel\":{\"layers\":null}} | languageModel.layers", "{\"backbone\":null} | backbone is missing",
            "[] | holds no JSON object", "{ | is malformed", "{\"referenceFrames\":1,\"referenceFrames\":1} | Duplicate",
            "{\"backbone\":{\"depths\":[2,2]}} | backbone.depths is [2, 2], must have 4 values" })
    void wrongSizesAreNamed(String json, String message) throws IOException {
        Path file = Files.writeString(temp.resolve("sizes.json"), json);
        assertThatThrownBy(() -> ModelSizes.read(file)).isExactlyInstanceOf(ConversionException.class)
                .hasMessageStartingWith(file.toString()).hasMessageContaining(message);
    }

    @Test
    void whatAFileOfSizesLeavesOutIsOfficial() throws IOException {
        Path file = Files.writeString(temp.resolve("sizes.json"), "{\"languageModel\":{\"layers\":3}}");
        Hyperparameters sizes = ModelSizes.read(file);
        assertThat(sizes.languageModel().layers()).isEqualTo(3);
        assertThat(sizes.languageModel().hiddenSize()).isEqualTo(2560);
        assertThat(sizes.backbone()).isEqualTo(HyperparameterReader.official().backbone());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"languageModel\":{\"vocabularySize\":60000}} | vocabularySize is 60000, a made-up tokenizer has 296 to 50296",
            "{\"maskDecoder\":{\"projectsInput\":true}} | no checkpoint has these sizes",
            "{\"languageModel\":{\"hiddenSize\":65536,\"intermediateSize\":65536,\"layers\":128}} | of disk" })
    void whatCantBeMadeIsRefusedBeforeAnythingIsWritten(String json, String message) throws IOException {
        Hyperparameters sizes = ModelSizes.read(Files.writeString(temp.resolve("sizes.json"), json));
        assertThatThrownBy(() -> synthesize(sizes, Precision.FLOAT32, 0, "made-up"))
                .isExactlyInstanceOf(ConversionException.class).hasMessageContaining(message);
        assertThat(temp).isDirectoryNotContaining(path -> path.getFileName().toString().startsWith("made-up"));
    }

    private void synthesize(Hyperparameters sizes, Precision precision, long seed, String name) throws IOException {
        Synthesizer.synthesize(sizes, precision, seed, temp.resolve(name), (step, done, total) -> {
        });
    }

    private static Hyperparameters sizes(String golden) throws IOException {
        return HyperparameterReader.read(GOLDEN.resolve(golden), shapes(GOLDEN.resolve(golden)));
    }

    private static Map<String, List<Long>> shapes(Path directory) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            return checkpoint.tensors().values().stream().collect(Collectors.toMap(TensorInfo::name, TensorInfo::shape));
        }
    }

    private static Map<String, String> tensors(Path directory) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            return new TreeMap<>(checkpoint.tensors().values().stream()
                    .collect(Collectors.toMap(TensorInfo::name, tensor -> tensor.shape() + " " + tensor.dataType())));
        }
    }

    private static float[] read(Checkpoint checkpoint, String name) throws IOException {
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(checkpoint.tensors().get(name).elements()));
        checkpoint.readFloat32(name, values::put);
        return values.array();
    }

    private static double mean(float[] values, DoubleUnaryOperator function) {
        double sum = 0;
        for (float value : values) {
            sum += function.applyAsDouble(value);
        }
        return sum / values.length;
    }

    private Map<String, Integer> contents(String name) throws IOException {
        Map<String, Integer> contents = new LinkedHashMap<>();
        try (var files = Files.list(temp.resolve(name))) {
            for (Path file : files.sorted().toList()) {
                contents.put(file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
