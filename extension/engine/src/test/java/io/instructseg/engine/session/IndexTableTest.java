package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.EagerSession;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;

import io.instructseg.tensorflow.TensorFlowLibrary;

class IndexTableTest {

    @TempDir
    Path directory;

    /** Names of 400 kB in all, which TensorFlow writes in two blocks, and without what neighbours have in common. */
    @Test
    void readsWhatTensorFlowWrites() throws IOException {
        TensorFlowLibrary.prepare();
        List<String> names = IntStream.range(0, 4000).mapToObj(i -> "%04d".formatted(i * 7919 % 10000).repeat(25)).sorted()
                .toList();
        try (EagerSession eager = EagerSession.create()) {
            Ops tf = Ops.create(eager);
            List<Operand<?>> values = new ArrayList<>(names.stream().map(name -> tf.constant(name.hashCode())).toList());
            tf.train.save(tf.constant(directory.resolve("variables").toString()), tf.array(names.toArray(String[]::new)),
                    tf.array(names.stream().map(name -> "").toArray(String[]::new)), values);
        }
        Map<String, byte[]> entries = IndexTable.read(directory.resolve("variables.index"));
        assertThat(entries).hasSize(4001).containsOnlyKeys(
                IntStream.range(-1, 4000).mapToObj(i -> i < 0 ? "" : names.get(i)).toList());
        assertThat(BundleHeaderProto.parseFrom(entries.get("")).getNumShards()).isEqualTo(1);
        for (int i = 0; i < names.size(); i++) {
            BundleEntryProto entry = BundleEntryProto.parseFrom(entries.get(names.get(i)));
            assertThat(entry.getDtype()).isEqualTo(DataType.DT_INT32);
            assertThat(entry.getOffset()).isEqualTo(4 * i);
            assertThat(entry.getSize()).isEqualTo(4);
        }
    }

    @Test
    void readsBlocksAndSharedNames() throws IOException {
        Map<String, byte[]> expected = new TreeMap<>();
        List.of("", "layer", "layer.1", "layer.10", "other").forEach(name -> expected.put(name, bytes("value of " + name)));
        for (int perBlock = 1; perBlock <= 5; perBlock++) {
            assertEqual(read(TestTable.of(List.copyOf(expected.entrySet()), perBlock, 0)), expected);
        }
    }

    @Test
    void anyChangeIsRefusedOrChangesNothing() throws IOException {
        Map<String, byte[]> expected = new TreeMap<>(Map.of("", bytes("header"), "a", bytes("1"), "ab", bytes("2")));
        byte[] table = TestTable.of(List.copyOf(expected.entrySet()), 2, 0);
        int refused = 0;
        for (int i = 0; i < table.length; i++) {
            for (int change : new int[] { 1, 0x55, 0x80, 0xff }) {
                byte[] changed = table.clone();
                changed[i] ^= (byte) change;
                try {
                    assertEqual(read(changed), expected);
                } catch (ModelException e) {
                    assertThat(e).hasMessageStartingWith(directory.toString());
                    refused++;
                }
            }
            byte[] cut = Arrays.copyOf(table, i);
            assertThatThrownBy(() -> read(cut)).isExactlyInstanceOf(ModelException.class);
        }
        // not what TensorFlow does not read: the metadata, and the unused end of the footer
        assertThat(refused).isGreaterThan(4 * table.length / 2);
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        List<Map.Entry<String, byte[]>> entries = List.of(Map.entry("b", bytes("1")), Map.entry("a", bytes("2")));
        assertRefused(TestTable.of(entries, 2, 0), "entry 'a' is not in order");
        assertRefused(TestTable.of(entries, 1, 0), "entry 'a' is not in order");
        assertRefused(TestTable.of(entries, 2, 1), "a block has compression 1, expected none, 0");
        assertRefused(new byte[48], "it ends with 0, expected db4775248b80fb57");
        byte[] table = TestTable.of(entries.subList(0, 1), 1, 0);
        table[2] ^= 1;
        assertRefused(table, "a block's checksum is ");
        assertThatThrownBy(() -> read(new byte[47])).isExactlyInstanceOf(ModelException.class)
                .hasMessage(directory.resolve("index") + " has 47 bytes, expected 48 to 67108864");
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve("index").toFile(), "rw")) {
            file.setLength(1L << 33);
        }
        assertThatThrownBy(() -> IndexTable.read(directory.resolve("index"))).isExactlyInstanceOf(ModelException.class)
                .hasMessageContaining("has 8589934592 bytes");
    }

    /** A small file can say that its keys are a hundred times as long. */
    @Test
    void whatKeysShareIsBounded() throws IOException {
        String key = "k".repeat(1 << 20);
        List<Map.Entry<String, byte[]>> entries = new ArrayList<>();
        for (char i = 'a'; i < 'a' + 70; i++) {
            entries.add(Map.entry(key + i, bytes("")));
        }
        byte[] table = TestTable.of(entries, 100, 0);
        assertThat(table).hasSizeLessThan(3 << 20);
        assertRefused(table, "its entries have more than 67108864 bytes");
    }

    private void assertRefused(byte[] table, String problem) {
        assertThatThrownBy(() -> read(table)).isExactlyInstanceOf(ModelException.class)
                .hasMessageStartingWith(directory.resolve("index") + " is damaged: ").hasMessageContaining(problem);
    }

    private Map<String, byte[]> read(byte[] table) throws IOException {
        return IndexTable.read(Files.write(directory.resolve("index"), table));
    }

    private static void assertEqual(Map<String, byte[]> found, Map<String, byte[]> expected) {
        assertThat(found).hasSameSizeAs(expected);
        expected.forEach((key, value) -> assertThat(found.get(key)).as(key).isEqualTo(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
