package io.instructseg.checkpoint;

import static io.instructseg.checkpoint.PickleBuilder.pickle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchArchiveTest {

    @TempDir
    Path directory;

    @Test
    void readsOrderedDictsWithMetadataParametersAndSharedStorages() throws Exception {
        PickleBuilder pickle = pickle().global("collections", "OrderedDict").op(")R(").text("whole")
                .tensor("FloatStorage", "0", 6, 0, new long[] { 2, 3 }, new long[] { 3, 1 }).text("parameter")
                .global("torch._utils", "_rebuild_parameter").op("(")
                .tensor("FloatStorage", "0", 6, 4, new long[] { 2 }, new long[] { 1 }).raw(0x88)
                .global("collections", "OrderedDict").op(")RtR").text("empty")
                .tensor("FloatStorage", "0", 6, 99, new long[] { 0 }, new long[] { 1 }).op("u}").text("_metadata")
                .op("}").text("").op("}").text("version").integer(1).op("sssb");
        try (Checkpoint checkpoint = open(ZipBuilder.torch(pickle.stop()).entry("p/data/0", floats(6)))) {
            assertThat(checkpoint.tensors().keySet()).containsExactly("whole", "parameter", "empty");
            assertThat(checkpoint.tensors().get("whole").shape()).containsExactly(2L, 3L);
            assertThat(Goldens.floats(checkpoint, "whole")).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(Goldens.floats(checkpoint, "parameter")).containsExactly(4, 5);
            assertThat(Goldens.bytes(checkpoint, "empty")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({ "'2,3,4', '1,2,6', 0", "'4,3,2', '1,4,12', 0", "'3,4', '6,1', 5", "'2,1,5', '1,77,3', 1", "'3,2', '0,7', 2" })
    void gathersAnyStrides(String shapeText, String stridesText, int offset) throws Exception {
        long[] shape = Arrays.stream(shapeText.split(",")).mapToLong(Long::parseLong).toArray();
        long[] strides = Arrays.stream(stridesText.split(",")).mapToLong(Long::parseLong).toArray();
        try (Checkpoint checkpoint = open(archive(24, 24, offset, shape, strides))) {
            int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            float[] expected = new float[elements];
            for (int i = 0; i < elements; i++) {
                long rest = i;
                long element = offset;
                for (int d = shape.length - 1; d >= 0; d--) {
                    element += rest % shape[d] * strides[d];
                    rest /= shape[d];
                }
                expected[i] = element;
            }
            assertThat(Goldens.floats(checkpoint, "t")).isEqualTo(expected);
        }
    }

    @Test
    void gathersATransposedMatrixOfSeveralChunks() throws Exception {
        int rows = 700;
        int columns = 900;
        try (Checkpoint checkpoint = open(
                archive(rows * columns, rows * columns, 0, new long[] { rows, columns }, new long[] { 1, rows }))) {
            float[] values = Goldens.floats(checkpoint, "t");
            for (int i = 0; i < values.length; i++) {
                assertThat(values[i]).isEqualTo(i % columns * rows + i / columns);
            }
        }
    }

    @Test
    void readsZip64() throws Exception {
        byte[] pickle = pickle().op("}").text("t").tensor("FloatStorage", "k", 3, 0, new long[] { 3 }, new long[] { 1 })
                .op("s").stop();
        ZipBuilder zip = ZipBuilder.zip64().entry("p/data.pkl", pickle).entry("p/data/k", floats(3));
        try (Checkpoint checkpoint = open(zip)) {
            assertThat(Goldens.floats(checkpoint, "t")).containsExactly(0, 1, 2);
        }
    }

    @Test
    void readsBeyondFourGigabytes() throws Exception {
        byte[] pickle = pickle().op("}").text("t").tensor("FloatStorage", "k", 3, 0, new long[] { 3 }, new long[] { 1 })
                .op("s").stop();
        ZipBuilder zip = ZipBuilder.zip64().gap(5L << 30).entry("p/data.pkl", pickle).entry("p/data/k", floats(3));
        Path file = zip.writeSparse(directory.resolve("pytorch_model.bin"));
        assertThat(Files.size(file)).isGreaterThan(5L << 30);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(Goldens.floats(checkpoint, "t")).containsExactly(0, 1, 2);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "6  | 6 | 0 | 2,4 | 4,1 | outside of or larger than its storage of 6 elements",
            "6  | 6 | 1 | 6 | 1 | outside of or larger",
            "6  | 6 | 0 | 100000 | 0 | outside of or larger",
            "6  | 6 | -1 | 2 | 1 | not a tensor",
            "6  | 6 | 5 | 2 | -1 | not a tensor",
            "6  | 6 | 0 | -2 | 1 | not a tensor",
            "6  | 6 | 0 | 2,3 | 1 | not a tensor",
            "6  | 6 | 0 | 4294967296,4294967296 | 1,1 | not a tensor",
            "6  | 6 | 0 | 2 | 9223372036854775807 | outside of or larger",
            "6  | 6 | 0 | 3 | 9223372036854775807 | overflows",
            "6  | 6 | 9223372036854775807 | 2 | 1 | overflows",
            "6  | 7 | 0 | 2 | 1 | storage '0' has 24 bytes, expected 7 elements of FLOAT32",
            "6  | -6 | 0 | 2 | 1 | storage '0' has 24 bytes",
            "6  | 4611686018427387910 | 0 | 2 | 1 | storage '0' has 24 bytes" })
    void viewMustFitIntoItsStorage(int elements, long claimed, long offset, String shape, String strides, String message) {
        assertRefused(archive(elements, claimed, offset, longs(shape), longs(strides)), "tensor 't'", message);
    }

    @Test
    void valuesThatAreNotTensorsAreNamed() {
        byte[] pickle = pickle().op("}(").text("epoch").integer(3).text("args").op("]").text("optimizer").op("}")
                .text("fn").global("collections", "OrderedDict").text("lr").raw('G', 0, 0, 0, 0, 0, 0, 0, 0).text("n")
                .op("Nu").stop();
        assertRefused(ZipBuilder.torch(pickle), "'epoch' is an integer", "'args' is a list", "'optimizer' is a dict",
                "'fn' is a class or function", "'lr' is a float", "'n' is None");
    }

    @Test
    void missingStorageAndWrongRootAreRefused() {
        byte[] pickle = pickle().op("}").text("t").tensor("FloatStorage", "../x", 3, 0, new long[] { 3 }, new long[] { 1 })
                .op("s").stop();
        assertRefused(ZipBuilder.torch(pickle), "tensor 't': no storage '../x'");
        assertRefused(ZipBuilder.torch(pickle().op("]").stop()), "the pickle holds a list, expected a dict");
    }

    @Test
    void otherFormatsAreNamed() throws Exception {
        Path legacy = Files.write(directory.resolve("pytorch_model.bin"),
                new byte[] { (byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc, (byte) 0x9c, 'F', (byte) 0xf9, ' ', 'j',
                        (byte) 0xa8, 'P', 0x19, '.' });
        assertRefused(legacy, "torch.save in its legacy format");
        assertRefused(ZipBuilder.torch(pickle().op("}").stop()).entry("p/constants.pkl", new byte[0]), "TorchScript");
        assertRefused(ZipBuilder.zip().entry("p/data.pkl", pickle().op("}").stop()).entry("p/byteorder",
                "big".getBytes(StandardCharsets.US_ASCII)), "byte order 'big'");
        assertRefused(ZipBuilder.zip().entry("readme", new byte[0]), "0 entries PREFIX/data.pkl");
        assertRefused(ZipBuilder.zip().entry("a/data.pkl", new byte[0]).entry("b/data.pkl", new byte[0]), "2 entries");
    }

    @Test
    void zipBombsAreRefusedUnopened() throws Exception {
        Path file = directory.resolve("pytorch_model.bin");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("p/data.pkl"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 100; i++) {
                zip.write(zeros);
            }
        }
        assertThat(Files.size(file)).isLessThan(200_000);
        assertRefused(file, "'p/data.pkl'");
        assertRefused(ZipBuilder.zip().method(8).entry("p/data.pkl", new byte[9]), "'p/data.pkl' is compressed (method 8)");
        assertRefused(ZipBuilder.zip().flags(1).entry("p/data.pkl", new byte[9]), "is encrypted");
    }

    @Test
    void entriesMustLieApartAndInside() {
        byte[] ten = new byte[10];
        assertRefused(ZipBuilder.zip().entry("p/data.pkl", ten, 100, 0).entry("b", new byte[200]), "'p/data.pkl' ends at");
        assertRefused(ZipBuilder.zip().entry("p/data.pkl", ten, 51, 0), "inside of what begins at");
        assertRefused(ZipBuilder.zip().entry("p/data.pkl", ten, 1 << 30, 0), "outside of the file");
        assertRefused(ZipBuilder.zip().entry("p/data.pkl", ten, 10, 1 << 30), "outside of the file");
        assertRefused(ZipBuilder.zip().entry("p/data.pkl", ten, 10, 5), "not where the directory says");
        assertRefused(ZipBuilder.zip64().entry("p/data.pkl", ten, -1, 0), "outside of the file");
        assertRefused(ZipBuilder.zip64().entry("p/data.pkl", ten, 10, Long.MAX_VALUE), "outside of the file");
        assertRefused(ZipBuilder.zip().entry("p/data.pkl", ten).entry("p/data.pkl", ten), "duplicate");
        assertRefused(ZipBuilder.zip().entry("a", ten).entry("a", ten, 10, 0), "duplicate");
    }

    @ParameterizedTest
    @ValueSource(booleans = { false, true })
    void everyTruncationIsRefused(boolean zip64) throws Exception {
        byte[] sane = (zip64 ? ZipBuilder.zip64() : ZipBuilder.zip()).entry("p/data.pkl", pickle().op("}").stop()).build();
        Path file = directory.resolve("pytorch_model.bin");
        for (int length = 0; length < sane.length; length++) {
            Files.write(file, Arrays.copyOf(sane, length));
            assertRefused(file, "truncated");
        }
    }

    private Checkpoint open(ZipBuilder zip) throws IOException {
        zip.write(directory.resolve("pytorch_model.bin"));
        return Checkpoint.open(directory);
    }

    private void assertRefused(ZipBuilder zip, String... messages) {
        assertThatThrownBy(() -> open(zip)).isInstanceOf(CheckpointException.class).hasMessageContaining("pytorch_model.bin: ")
                .hasMessageContainingAll(messages);
    }

    private void assertRefused(Path file, String... messages) {
        assertThatThrownBy(() -> Checkpoint.open(file.getParent())).isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file + ": ").hasMessageContainingAll(messages);
    }

    /** One tensor {@code t} over a storage of ascending numbers. */
    private static ZipBuilder archive(int elements, long claimed, long offset, long[] shape, long[] strides) {
        byte[] pickle = pickle().op("}").text("t").tensor("FloatStorage", "0", claimed, offset, shape, strides).op("s").stop();
        return ZipBuilder.torch(pickle).entry("p/data/0", floats(elements));
    }

    static byte[] floats(int count) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(i);
        }
        return bytes.array();
    }

    private static long[] longs(String text) {
        return Arrays.stream(text.split(",")).mapToLong(Long::parseLong).toArray();
    }
}
