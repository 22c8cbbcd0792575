package io.instructseg.checkpoint;

import static io.instructseg.checkpoint.PickleBuilder.pickle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files make up a checkpoint, and the index. */
class CheckpointTest {

    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    Path parent;
    Path directory;

    @BeforeEach
    void createDirectory() throws IOException {
        directory = Files.createDirectory(parent.resolve("checkpoint"));
    }

    @Test
    void indexComesBeforeSingleFileAndSafetensorsBeforeBin() throws Exception {
        ZipBuilder.torch(pickle().op("}").stop()).write(directory.resolve("pytorch_model.bin"));
        assertThat(tensorsOf(directory)).isEmpty();
        writeBin("pytorch_model-1.bin", "fromBinIndex");
        writeIndex("pytorch_model.bin.index.json", "'fromBinIndex':'pytorch_model-1.bin'");
        assertThat(tensorsOf(directory)).containsExactly("fromBinIndex");
        writeSafetensors("model.safetensors", "single");
        assertThat(tensorsOf(directory)).containsExactly("single");
        writeSafetensors("s1", "a");
        writeSafetensors("s2", "b");
        writeIndex(INDEX, "'b':'s2','a':'s1'");
        assertThat(tensorsOf(directory)).containsExactly("a", "b");
    }

    @Test
    void directoryWithoutWeightsIsAnError() {
        assertRefused("no weights, expected model.safetensors");
        assertThatThrownBy(() -> Checkpoint.open(directory.resolve("none"))).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("no such directory");
    }

    @Test
    void disagreementsAreListedTogether() throws Exception {
        writeSafetensors("s1", "a", "b", "unnamed");
        writeSafetensors("s2", "a", "c");
        writeIndex(INDEX, "'a':'s1','b':'s2','c':'s2','d':'s1'");
        assertRefused("'b' is not in s2", "'d' is not in s1", "'unnamed' in s1 is not in the index",
                "'a' in s2 is a duplicate: the index expects it in s1");
    }

    @Test
    void missingShardsAreListedTogether() throws Exception {
        writeSafetensors("s1", "a");
        writeIndex(INDEX, "'a':'s1','b':'s2','c':'s3'");
        assertRefused("file 's2' is missing; file 's3' is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = { "../secret", "/etc/passwd", "sub/secret", "..", ".", "", "..\\\\secret", "C:secret", "a\\u0000b",
            "a\\ud800b" })
    void shardMustBeAPlainName(String name) throws Exception {
        Files.createDirectory(directory.resolve("sub"));
        for (Path secret : new Path[] { parent.resolve("secret"), directory.resolve("sub/secret") }) {
            Files.write(secret, SafetensorsTest.bytes(header("a"), new byte[4]));
        }
        writeIndex(INDEX, "'a':'" + name + "'");
        assertRefused("is not the plain name of a file in this directory");
    }

    @Test
    void linksMayNotLeadOutOfTheDirectory() throws Exception {
        Path secret = Files.write(parent.resolve("secret"), SafetensorsTest.bytes(header("a"), new byte[4]));
        writeIndex(INDEX, "'a':'s1'");
        Files.createSymbolicLink(directory.resolve("s1"), secret);
        assertRefused("file 's1' is a link out of the directory");
        Files.delete(directory.resolve("s1"));
        Files.createSymbolicLink(directory.resolve("s1"), Path.of("nothing"));
        assertRefused("file 's1' is a link to nothing");
        Files.delete(directory.resolve("s1"));
        writeSafetensors("real", "a");
        Files.createSymbolicLink(directory.resolve("s1"), Path.of("real"));
        assertThat(tensorsOf(directory)).containsExactly("a");
        Files.delete(directory.resolve(INDEX));
        Files.createSymbolicLink(directory.resolve("model.safetensors"), secret);
        assertRefused("'model.safetensors' is a link out of the directory");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "[]", "{}", "{\"weight_map\":{}}", "{\"weight_map\":[]}", "{\"weight_map\":{\"a\":1}}",
            "{\"weight_map\":{\"a\":\"s\",\"a\":\"s\"}}", "{\"weight_map\":{\"a\":\"s\"},\"weight_map\":{\"a\":\"s\"}}",
            "{\"weight_map\":{\"a\":\"s\"}}x", "\0\0\0" })
    void malformedIndexIsRefused(String json) throws Exception {
        writeSafetensors("s", "a");
        Files.writeString(directory.resolve(INDEX), json);
        assertRefused(INDEX);
    }

    @Test
    void deepIndexIsRefused() throws Exception {
        Files.writeString(directory.resolve(INDEX), "{\"metadata\":" + "[".repeat(1_000_000));
        assertRefused("nesting depth");
    }

    @Test
    void directoriesInPlaceOfFilesAreRefused() throws Exception {
        Files.createDirectory(directory.resolve("model.safetensors"));
        assertRefused("not a regular file");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void filesAreClosedOnFailureAndOnClose() throws Exception {
        writeSafetensors("s1", "a");
        writeSafetensors("s2", "b");
        writeIndex(INDEX, "'a':'s1','b':'s1'");
        for (int i = 0; i < 10; i++) {
            assertRefused("'b' is not in s1");
        }
        writeIndex(INDEX, "'a':'s1','b':'s2'");
        Checkpoint checkpoint = Checkpoint.open(directory);
        assertThat(openFiles()).isEqualTo(2);
        checkpoint.close();
        assertThat(openFiles()).isZero();
        assertThatThrownBy(() -> Goldens.bytes(checkpoint, "a")).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void fileThatShrinksWhileOpenIsAnError() throws Exception {
        writeSafetensors("model.safetensors", "a");
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            Path file = directory.resolve("model.safetensors");
            Files.write(file, new byte[8]);
            assertThatThrownBy(() -> Goldens.bytes(checkpoint, "a")).isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("while being read");
        }
    }

    private long openFiles() throws IOException {
        Path home = directory.toRealPath();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(descriptor -> {
                try {
                    return Files.readSymbolicLink(descriptor).startsWith(home);
                } catch (IOException e) {
                    return false;
                }
            }).count();
        }
    }

    private static Iterable<String> tensorsOf(Path directory) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            return checkpoint.tensors().keySet();
        }
    }

    private void assertRefused(String... messages) {
        assertThatThrownBy(() -> Checkpoint.open(directory)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining(directory.toString()).hasMessageContainingAll(messages);
    }

    private void writeIndex(String file, String weightMap) throws IOException {
        Files.writeString(directory.resolve(file), ("{'metadata':{'total_size':4},'weight_map':{" + weightMap + "}}")
                .replace('\'', '"'));
    }

    private void writeSafetensors(String file, String... tensors) throws IOException {
        Files.write(directory.resolve(file), SafetensorsTest.bytes(header(tensors), new byte[4 * tensors.length]));
    }

    private void writeBin(String file, String tensor) throws IOException {
        byte[] pickle = pickle().op("}").text(tensor).tensor("LongStorage", "0", 1, 0, new long[0], new long[0]).op("s").stop();
        ZipBuilder.torch(pickle).entry("p/data/0", new byte[8]).write(directory.resolve(file));
    }

    private static String header(String... tensors) {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < tensors.length; i++) {
            header.append(i == 0 ? "" : ",").append(String.format("'%s':{'dtype':'F32','shape':[1],'data_offsets':[%d,%d]}",
                    tensors[i], 4 * i, 4 * i + 4));
        }
        return header.append('}').toString();
    }
}
