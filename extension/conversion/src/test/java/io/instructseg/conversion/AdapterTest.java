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
import java.util.function.Predicate;
import java.util.stream.Stream;

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
        Path state = writeState(key -> true);
        assertMerged(MODEL_A, state);
        Files.delete(state.resolve("adapter_config.json"));
        assertMerged(MODEL_A, state);
    }

    /** What the command prints of it. */
    @Test
    void tellsWhatItMerges() throws IOException {
        assertThat(merge(adapter)).isEqualTo(new Conversion.Merge(8, 2, false, 6, 6));
        Path state = writeState(key -> true);
        int tensors = MAPPER.readTree(ADAPTER.resolve("consolidated_keys.json").toFile()).size() - 8;
        assertThat(merge(state)).isEqualTo(new Conversion.Merge(8, 2, false, 6, tensors - 12));
        Files.delete(state.resolve("adapter_config.json"));
        assertThat(merge(state)).isEqualTo(new Conversion.Merge(8, 2, true, 6, tensors - 12));
    }

    private static Conversion.Merge merge(Path directory) throws IOException {
        try (Adapter opened = Adapter.open(directory)) {
            return opened.merge();
        }
    }

    /** Its weight is half of what the training made, also where nothing is configured. */
    @Test
    void aBaseLayerWithoutItsFactorsIsNamed() throws IOException {
        Path state = writeState(key -> !key.contains("layers.1.self_attn.q_proj.lora_")
                && !key.contains("layers.2.self_attn.v_proj.lora_A"));
        String[] named = { "adapter: model.layers.1.self_attn.q_proj.base_layer has no lora_A and lora_B beside it",
                "adapter: model.layers.2.self_attn.v_proj.weight has no lora_A" };
        assertThat(offenders(state)).containsExactlyInAnyOrder(named);
        Files.delete(state.resolve("adapter_config.json"));
        assertThat(offenders(state)).containsExactlyInAnyOrder(named);
    }

    private static List<String> offenders(Path directory) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(MODEL_A); Adapter opened = Adapter.open(directory)) {
            return opened.offenders(checkpoint.tensors());
        }
    }

    /** All modules of the golden adapter, in the forms that PEFT has for them. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
            "[\"self_attn.q_proj\",\"v_proj\"] ; \"model\\\\.vision_tower\\\\..*\"",
            "\"model\\\\.layers\\\\.\\\\d+\\\\.self_attn\\\\.[qv]_proj\" ; null",
            "\"^(?!.*vision_tower).*\\\\.(q_proj|k_proj|v_proj)$\" ; [\"k_proj\"]" })
    void everyMatrixThatTheTargetsSelectNeedsItsFactors(String targets, String excluded) throws Exception {
        configure("target_modules", targets);
        configure("exclude_modules", excluded);
        assertMerged(MODEL_A, adapter);
        keepFactors(name -> !name.contains("layers.0.self_attn.q_proj") && !name.contains("layers.2.self_attn.v_proj"));
        assertThat(offenders(adapter)).containsExactlyInAnyOrder(
                "adapter: target_modules names model.layers.0.self_attn.q_proj, which has no lora_A and lora_B",
                "adapter: target_modules names model.layers.2.self_attn.v_proj, which has no lora_A and lora_B");
    }

    /** PEFT adapts SigLIP's, too, if nothing excludes them. */
    @Test
    void theEndsOfNamesSelectInAllOfTheModel() throws IOException {
        configure("target_modules", "[\"q_proj\",\"v_proj\"]");
        assertThat(offenders(adapter)).hasSize(2 * 4).contains("adapter: target_modules names "
                + "model.vision_tower.vision_model.encoder.layers.0.self_attn.q_proj, which has no lora_A and lora_B");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "[\"v_proj\",\"_proj\",\"dens\"] | _proj, dens", "\"q_proj\" | q_proj" })
    void targetsThatSelectNothingAreNamed(String targets, String named) throws IOException {
        configure("target_modules", targets);
        configure("exclude_modules", "\".*vision.*\"");
        assertThat(offenders(adapter)).containsExactly(Stream.of(named.split(", "))
                .map(name -> "adapter: target_modules names " + name + ", which is no matrix of the checkpoint")
                .toArray(String[]::new));
    }

    @Test
    void aPatternThatTakesTooLongIsRefused() throws IOException {
        configure("target_modules", "\"(.*.*)*x\"");
        assertThatThrownBy(() -> offenders(adapter)).isExactlyInstanceOf(ConversionException.class)
                .hasMessageContaining("adapter_config.json: target_modules is a pattern that takes too long");
    }

    /** That the base's weights play no role then: another one's state is merged. */
    @Test
    void aConsolidatedStateReplacesTheBase() throws Exception {
        Path state = writeState(key -> true);
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

    private Path writeState(Predicate<String> kept) throws IOException {
        JsonNode keys = MAPPER.readTree(ADAPTER.resolve("consolidated_keys.json").toFile());
        Path state = Files.createDirectory(temp.resolve("state"));
        Files.copy(ADAPTER.resolve("adapter_config.json"), state.resolve("adapter_config.json"));
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
        tensors.keySet().removeIf(kept.negate());
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
            "layers_to_transform | 0 | layers_to_transform is set", "layers_pattern | [\"layers\"] | layers_pattern is set",
            "target_modules | null | has no target_modules", "target_modules | [] | has no target_modules",
            "target_modules | \"(\" | target_modules is no pattern that can be read here",
            "exclude_modules | \"(?P<a>b)\" | exclude_modules is no pattern that can be read here",
            "exclude_modules | 3 | exclude_modules is 3, expected a list of names",
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

    private void keepFactors(Predicate<String> kept) throws IOException {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        try (Checkpoint factors = Checkpoint.openFile(ADAPTER.resolve("adapter_model.safetensors"))) {
            for (String name : factors.tensors().keySet().stream().filter(kept).toList()) {
                tensors.put(name, read(WeightSource.of(factors), name));
                shapes.put(name, factors.tensors().get(name).shape());
            }
        }
        SafetensorsFile.write(adapter.resolve("adapter_model.safetensors"), tensors, shapes);
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
