package io.instructseg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The golden checkpoints, byte by byte. The expected hashes were computed in Python: of {@code .bin} files with
 * {@code zipfile} and {@code pickle}, of safetensors with the official package.
 */
class GoldenCheckpointTest {

    @ParameterizedTest
    @CsvFileSource(resources = "/tensor-sha256.csv")
    void tensorHasTheElementsThatPythonReads(String model, String name, DataType dataType, String shape, String sha256)
            throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.directory(model))) {
            TensorInfo info = checkpoint.tensors().get(name);
            assertThat(info.dataType()).isEqualTo(dataType);
            assertThat(info.shape()).extracting(Object::toString).containsExactly(shape.split("x"));
            byte[] bytes = Goldens.bytes(checkpoint, name);
            assertThat(info.bytes()).isEqualTo(bytes.length);
            assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))).isEqualTo(sha256);
        }
    }

    /** One hash over the names, sorted, each with a zero byte and its elements. */
    @ParameterizedTest
    @CsvSource({
            "model-a, 484, 5534768, 1b1c7533e4d413d0b07335321f8e65581c1c7735c94da9224f340b74600f5e6a",
            "model-a-fp16, 484, 2787384, 0561413088bf5b191895c5869bc903f12bba5916c4d18b88836aaf2eb85f0ff1",
            "model-b, 596, 7971832, 410a86e865479820cb92cac0ca38ad385b2aea1da3471c89ebdbce6c6faa3fb9" })
    void checkpointHasTheTensorsThatPythonReads(String model, int count, long bytes, String sha256) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.directory(model))) {
            assertThat(checkpoint.tensors()).hasSize(count);
            assertThat(checkpoint.tensors().values().stream().mapToLong(TensorInfo::bytes).sum()).isEqualTo(bytes);
            for (String name : new TreeSet<>(checkpoint.tensors().keySet())) {
                digest.update((name + '\0').getBytes(StandardCharsets.UTF_8));
                checkpoint.read(name, digest::update);
            }
        }
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(sha256);
    }

    @Test
    void filesAreTheIndexAndTheShardsByName() throws Exception {
        Path directory = Goldens.directory("model-a");
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.files()).containsExactly(directory.resolve("pytorch_model.bin.index.json"),
                    directory.resolve("pytorch_model-00001-of-00003.bin"),
                    directory.resolve("pytorch_model-00002-of-00003.bin"),
                    directory.resolve("pytorch_model-00003-of-00003.bin"));
            assertThat(checkpoint.tensors().get("lm_head.weight").file())
                    .isEqualTo(directory.resolve("pytorch_model-00002-of-00003.bin"));
        }
    }

    /** The pairwise offsets of a window's positions, each shifted to start from 0, as one number (Swin, section 3.2). */
    @ParameterizedTest
    @CsvSource({ "model-a, 5", "model-a-fp16, 5", "model-b, 3" })
    void relativePositionIndexIsTheComputedOne(String model, int window) throws Exception {
        int positions = window * window;
        long[] expected = new long[positions * positions];
        for (int i = 0; i < expected.length; i++) {
            int query = i / positions;
            int key = i % positions;
            int dy = query / window - key / window + window - 1;
            int dx = query % window - key % window + window - 1;
            expected[i] = dy * (2L * window - 1) + dx;
        }
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.directory(model))) {
            List<String> names = checkpoint.tensors().keySet().stream()
                    .filter(name -> name.endsWith("relative_position_index")).toList();
            assertThat(names).isNotEmpty();
            for (String name : names) {
                assertThat(checkpoint.readIntegers(name)).as(name).isEqualTo(expected);
            }
        }
    }

    @Test
    void halfPrecisionIsTheFloat32ModelRoundedToNearestEven() throws Exception {
        try (Checkpoint full = Checkpoint.open(Goldens.directory("model-a"));
                Checkpoint half = Checkpoint.open(Goldens.directory("model-a-fp16"))) {
            assertThat(half.tensors().keySet()).isEqualTo(full.tensors().keySet());
            for (TensorInfo info : half.tensors().values()) {
                if (info.dataType().isFloatingPoint()) {
                    float[] expected = Goldens.floats(full, info.name());
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] = (float) roundToHalf(expected[i]);
                    }
                    assertThat(Goldens.floats(half, info.name())).as(info.name()).isEqualTo(expected);
                }
            }
        }
    }

    /** Rounds to the multiple of the half's last bit; {@code Math.rint} takes ties to even. */
    private static double roundToHalf(double value) {
        double lastBit = Math.scalb(1.0, Math.max(Math.getExponent(value), -14) - 10);
        return Math.rint(value / lastBit) * lastBit;
    }

    @Test
    void readingTheWrongKindOfNumberIsAnError() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.directory("model-a"))) {
            String index = "model.vision_tower_mask.layers.0.blocks.0.attn.relative_position_index";
            assertThatThrownBy(() -> checkpoint.readFloat32(index, chunk -> {
            })).isInstanceOf(CheckpointException.class).hasMessageContaining(index).hasMessageContaining("INT64");
            assertThatThrownBy(() -> checkpoint.readIntegers("seg_query")).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("'seg_query'").hasMessageContaining("FLOAT32");
            assertThatThrownBy(() -> Goldens.bytes(checkpoint, "no.such")).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("'no.such'");
        }
    }
}
