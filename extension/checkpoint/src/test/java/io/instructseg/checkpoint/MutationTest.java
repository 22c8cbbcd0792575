package io.instructseg.checkpoint;

import static io.instructseg.checkpoint.PickleBuilder.pickle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files with random damage: each opens and reads or ends in a {@link CheckpointException}, at once. */
class MutationTest {

    private static final int MUTATIONS = 2000;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    @Test
    void safetensors() throws Exception {
        mutate("model.safetensors", SafetensorsTest.bytes(SafetensorsTest.TWO_TENSORS, new byte[16]));
    }

    @Test
    void torchArchive() throws Exception {
        mutate("pytorch_model.bin", torch(ZipBuilder.zip()));
    }

    @Test
    void torchArchiveInZip64() throws Exception {
        mutate("pytorch_model.bin", torch(ZipBuilder.zip64()));
    }

    @Test
    void index() throws Exception {
        Files.write(directory.resolve("shard"), SafetensorsTest.bytes(SafetensorsTest.TWO_TENSORS, new byte[16]));
        mutate("model.safetensors.index.json",
                "{\"metadata\":{\"total_size\":16},\"weight_map\":{\"a\":\"shard\",\"b\":\"shard\"}}"
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] torch(ZipBuilder zip) {
        byte[] pickle = pickle().global("collections", "OrderedDict").op(")Rq").raw(0).op("(").text("a")
                .tensor("FloatStorage", "0", 6, 0, new long[] { 2, 3 }, new long[] { 1, 2 }).text("b")
                .tensor("LongStorage", "1", 2, 1, new long[] {}, new long[] {}).op("u}").text("_metadata").op("}sb").stop();
        return zip.entry("p/data.pkl", pickle).entry("p/byteorder", "little".getBytes(StandardCharsets.US_ASCII))
                .entry("p/data/0", TorchArchiveTest.floats(6)).entry("p/data/1", new byte[16]).build();
    }

    private void mutate(String name, byte[] sane) throws IOException {
        Random random = new Random(20241214);
        Path file = directory.resolve(name);
        Files.write(file, sane);
        assertThat(refused()).isFalse();
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            Files.write(file, mutation(sane, random));
            refused += assertTimeoutPreemptively(LIMIT, this::refused, "mutation " + i) ? 1 : 0;
        }
        assertThat(refused).isBetween(MUTATIONS / 4, MUTATIONS - 1);
    }

    private static byte[] mutation(byte[] sane, Random random) {
        byte[] mutant = sane.clone();
        for (int count = 1 + random.nextInt(4); count > 0; count--) {
            int position = random.nextInt(mutant.length);
            switch (random.nextInt(5)) {
                case 0 -> mutant[position] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[position] = (byte) random.nextInt();
                case 2 -> Arrays.fill(mutant, position, Math.min(mutant.length, position + 1 + random.nextInt(8)),
                        (byte) (random.nextBoolean() ? 0xff : 0));
                case 3 -> System.arraycopy(sane, random.nextInt(sane.length - 8), mutant,
                        Math.min(position, mutant.length - 8), 8);
                default -> mutant = random.nextInt(4) == 0 ? Arrays.copyOf(mutant, Math.max(8, position)) : mutant;
            }
        }
        return mutant;
    }

    /** Opens the checkpoint and reads all of it; an exception of any other kind fails the test. */
    private boolean refused() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            for (TensorInfo info : checkpoint.tensors().values()) {
                assertThat(Goldens.bytes(checkpoint, info.name())).hasSize((int) info.bytes());
            }
            return false;
        } catch (CheckpointException e) {
            return true;
        }
    }
}
