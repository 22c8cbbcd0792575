package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.format.Precision;

/** The golden adapter of model A, and its official merge. */
class AdapterTest {

    private static final Path MODEL_A = Checkpoints.GOLDEN.resolve("model-a");
    private static final Path ADAPTER = Checkpoints.GOLDEN.resolve("model-a-lora");
    private static final String QUERY = "base_model.model.model.layers.0.self_attn.q_proj";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    Path temp;
    private Path adapter;

    @BeforeEach
    void copy() throws IOException {
        adapter = Checkpoints.copy(ADAPTER, temp.resolve("adapter"));
    }

    @Test
    void mergesAsTheOfficialCodeDoes() throws Exception {
        assertMerged(MODEL_A, adapter);
    }

    /** Of any other name, with all weights: those with an adapter as {@code base_layer}. */
    @Test
    void mergesAConsolidatedState() throws Exception {
        Path state = writeState("adapter_config.json");
        assertMerged(MODEL_A, state);
        Files.delete(state.resolve("adapter_config.json"));
        assertMerged(MODEL_A, state);
    }

    /** That the base's weights play no role then: another one's state is merged. */
    @Test
    void aConsolidatedStateReplacesTheBase() throws Exception {
        Path state = writeState("adapter_config.json");
        Path base = Checkpoints.copy(Checkpoints.GOLDEN.resolve("model-a-fp16"), temp.resolve("base"));
        assertMerged(base, state);
    }

    /** Sums within 1e-6, all else to the bit; what the adapter does not name is the base's. */
    private void assertMerged(Path base, Path directory) throws Exception {
        JsonNode hashes = MAPPER.readTree(ADAPTER.resolve("merged_sha256.json").toFile());
        try (Checkpoint checkpoint = Checkpoint.open(base);
                Adapter merged = Adapter.open(directory);
                Checkpoint expected = Checkpoint.openFile(ADAPTER.resolve("merged_changed.safetensors"))) {
            assertThat(merged.offenders(checkpoint.tensors())).isEmpty();
            WeightSource source = merged.on(checkpoint);
            int exact = 0;
            for (String name : (Iterable<String>) hashes::fieldNames) {
                float[] found = read(source, name);
                if (name.matches("model\\.layers\\.\\d+\\.self_attn\\.[qv]_proj\\.weight")) {
                    assertThat(found).as(name).usingComparatorWithPrecision(1e-6f)
                            .containsExactly(read(WeightSource.of(expected), name));
                } else {
                    assertThat(sha256(found)).as(name).isEqualTo(hashes.get(name).asText());
                    exact++;
                }
            }
            assertThat(exact).isEqualTo(7);
        }
    }

    private Path writeState(String config) throws IOException {
        JsonNode keys = MAPPER.readTree(ADAPTER.resolve("consolidated_keys.json").toFile());
        Path state = Files.createDirectory(temp.resolve("state"));
        Files.copy(ADAPTER.resolve(config), state.resolve(config));
        Map<String, float[]> tensors = new LinkedHashMap<>();
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        try (Checkpoint base = Checkpoint.open(MODEL_A);
                Checkpoint factors = Checkpoint.openFile(ADAPTER.resolve("adapter_model.safetensors"));
                Checkpoint trained = Checkpoint.openFile(ADAPTER.resolve("non_lora_trainables.bin"))) {
            for (String key : (Iterable<String>) keys::fieldNames) {
                String name = key.replace("base_model.model.", "").replace(".base_layer", "");
                String factor = key.replace(".default", "");
                Checkpoint source = factors.tensors().containsKey(factor) ? factors
                        : trained.tensors().containsKey(key) ? trained : base;
                String found = source == factors ? factor : source == trained ? key : name;
                if (source.tensors().get(found).dataType().isFloatingPoint()) {
                    tensors.put(key, read(WeightSource.of(source), found));
                    shapes.put(key, source.tensors().get(found).shape());
                }
            }
        }
        // all but the index buffers, which are integers
        assertThat(tensors).hasSize(keys.size() - 8);
        SafetensorsFile.write(state.resolve("model.safetensors"), tensors, shapes);
        return state;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "use_dora | true | use_dora is set", "modules_to_save | [\"lm_head\"] | modules_to_save is set",
            "fan_in_fan_out | true | fan_in_fan_out is set", "rank_pattern | {\"q_proj\":4} | rank_pattern is set",
            "alpha_pattern | {\"q_proj\":4} | alpha_pattern is set", "bias | \"all\" | bias is \"all\", expected none",
            "peft_type | \"IA3\" | peft_type is \"IA3\", expected LORA",
            "layer_replication | [[0,1]] | layer_replication is set",
            "invented | 1 | invented is set", "init_lora_weights | \"pissa\" | init_lora_weights is \"pissa\"",
            "r | 0 | r is 0, expected 1 to 4096", "r | null | has no r", "lora_alpha | \"a\" | lora_alpha is \"a\"" })
    void whatCantBeMergedIsNamed(String key, String value, String message) throws IOException {
        configure(key, value);
        assertThatThrownBy(() -> Adapter.open(adapter)).isExactlyInstanceOf(ConversionException.class)
                .hasMessageContaining("adapter_config.json").hasMessageContaining(message);
    }

    /** alpha / sqrt(r) instead of alpha / r (arXiv 2312.03732). */
    @Test
    void rankStabilised() throws IOException {
        configure("use_rslora", "true");
        assertThat(AdapterConfig.read(adapter.resolve("adapter_config.json")).scale()).isEqualTo(16 / Math.sqrt(8));
    }

    @Test
    void whatDoesNotFitIsNamedAtOnce() throws IOException {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        put(tensors, shapes, QUERY + ".lora_A.weight", 8, 66);
        put(tensors, shapes, QUERY + ".lora_A.default.weight", 8, 66);
        put(tensors, shapes, "base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight", 4, 66);
        put(tensors, shapes, "base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight", 65, 8);
        put(tensors, shapes, "base_model.model.model.layers.9.self_attn.v_proj.lora_A.weight", 8, 66);
        put(tensors, shapes, "base_model.model.model.layers.9.self_attn.v_proj.lora_B.weight", 66, 8);
        put(tensors, shapes, "base_model.model.model.layers.0.mlp.fc1.lora_magnitude_vector", 150);
        put(tensors, shapes, "base_model.model.model.vision_tower_mask.norm0.lora_A.weight", 8, 16);
        put(tensors, shapes, "base_model.model.model.vision_tower_mask.norm0.lora_B.weight", 16, 8);
        put(tensors, shapes, "model.seg_query", 13, 66);
        SafetensorsFile.write(adapter.resolve("adapter_model.safetensors"), tensors, shapes);
        tensors.clear();
        shapes.clear();
        put(tensors, shapes, "base_model.model.seg_query", 12, 66);
        put(tensors, shapes, "base_model.model.invented", 2);
        SafetensorsFile.write(adapter.resolve("non_lora_trainables.safetensors"), tensors, shapes);
        try (Checkpoint checkpoint = Checkpoint.open(MODEL_A); Adapter opened = Adapter.open(adapter)) {
            assertThat(opened.offenders(checkpoint.tensors())).containsExactlyInAnyOrder(
                    "adapter: model.seg_query, expected a name that begins with base_model.model.",
                    "adapter: model.layers.0.mlp.fc1.lora_magnitude_vector is of a method that can't be merged here",
                    "adapter: model.layers.0.self_attn.q_proj.lora_A.default.weight occurs twice",
                    "adapter: seg_query has shape [12, 66], expected [13, 66]",
                    "adapter: invented is no weight of the checkpoint",
                    "adapter: model.layers.0.self_attn.q_proj.weight has no lora_B",
                    "adapter: base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight has shape [4, 66], expected [8, 66]",
                    "adapter: base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight has shape [65, 8], expected [66, 8]",
                    "adapter: model.layers.9.self_attn.v_proj.weight is no weight of the checkpoint",
                    "adapter: model.vision_tower_mask.norm0.weight has shape [16] in the checkpoint, expected a matrix",
                    "adapter: target_modules names model.layers.1.self_attn.q_proj, which has no lora_A and lora_B",
                    "adapter: target_modules names model.layers.1.self_attn.v_proj, which has no lora_A and lora_B",
                    "adapter: target_modules names model.layers.2.self_attn.q_proj, which has no lora_A and lora_B",
                    "adapter: target_modules names model.layers.2.self_attn.v_proj, which has no lora_A and lora_B");
        }
    }

    @Test
    void theAdapterOfAnotherModelIsRefusedAndNothingIsLeft() {
        ConversionOptions options = new ConversionOptions(Precision.FLOAT32, List.of(),
                Optional.of(adapter));
        assertThatThrownBy(
                () -> Converter.convert(Checkpoints.GOLDEN.resolve("model-b"), temp.resolve("model"), options,
                        (step, done, total) -> {
                        }))
                .isExactlyInstanceOf(ConversionException.class).hasMessageContaining("adapter: seg_query has shape [13, 66]");
        assertThat(temp.resolve("model")).doesNotExist();
    }

    @Test
    void needsItsFiles() throws IOException {
        Files.delete(adapter.resolve("adapter_config.json"));
        assertThatThrownBy(() -> Adapter.open(adapter)).isExactlyInstanceOf(ConversionException.class)
                .hasMessageContaining("adapter_config.json is missing");
        Path empty = Files.createDirectory(temp.resolve("empty"));
        assertThatThrownBy(() -> Adapter.open(empty)).isInstanceOf(IOException.class).hasMessageContaining("adapter_model");
    }

    private void configure(String key, String value) throws IOException {
        ObjectNode config = (ObjectNode) MAPPER.readTree(adapter.resolve("adapter_config.json").toFile());
        config.set(key, MAPPER.readTree(value));
        MAPPER.writeValue(adapter.resolve("adapter_config.json").toFile(), config);
    }

    private static void put(Map<String, float[]> tensors, Map<String, List<Long>> shapes, String name, long... shape) {
        List<Long> sizes = Arrays.stream(shape).boxed().toList();
        shapes.put(name, sizes);
        tensors.put(name, new float[Math.toIntExact(sizes.stream().reduce(1L, (a, b) -> a * b))]);
    }

    private static float[] read(WeightSource source, String name) throws IOException {
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(source.tensors().get(name).elements()));
        source.readFloat32(name, values::put);
        return values.array();
    }

    private static String sha256(float[] values) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    }
}
