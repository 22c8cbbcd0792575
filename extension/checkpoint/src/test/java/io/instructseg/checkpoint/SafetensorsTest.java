package io.instructseg.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    static final String TWO_TENSORS = "{'__metadata__':{'format':'pt'},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
            + "'b':{'dtype':'I64','shape':[],'data_offsets':[8,16]}}";

    @TempDir
    Path directory;

    @Test
    void readsScalarsEmptyTensorsAndLongMetadata() throws Exception {
        String header = "{'b':{'dtype':'I64','shape':[],'data_offsets':[8,16]},'empty':{'dtype':'F16','shape':[4,0,"
                + Long.MAX_VALUE + "],'data_offsets':[8,8]},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                + "'__metadata__':{'x':'" + "y".repeat(1 << 20) + "'}}    ";
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).putFloat(-2f).putLong(-7);
        try (Checkpoint checkpoint = Safetensors.openFile(write(header, data.array()))) {
            assertThat(checkpoint.tensors().keySet()).containsExactly("b", "empty", "a");
            assertThat(checkpoint.tensors().get("b").shape()).isEmpty();
            assertThat(checkpoint.readIntegers("b")).containsExactly(-7);
            assertThat(Goldens.floats(checkpoint, "a")).containsExactly(1.5f, -2f);
            assertThat(checkpoint.tensors().get("empty").bytes()).isZero();
            assertThat(Goldens.bytes(checkpoint, "empty")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            // [0,8] and [8,16] are right
            "data_offsets':[0,8]     | data_offsets':[0,12]    | tensor 'a': 12 bytes in data_offsets",
            "data_offsets':[8,16]    | data_offsets':[4,12]    | 'b' begins at 4, expected 8: tensors overlap; the tensors end",
            "data_offsets':[8,16]    | data_offsets':[12,20]   | 'b' ends at 20 of 16",
            "data_offsets':[8,16]    | data_offsets':[16,8]    | expected [begin, end]",
            "data_offsets':[8,16]    | data_offsets':[-8,0]    | none negative",
            "data_offsets':[8,16]    | data_offsets':[8,16,24] | at most 2 sizes",
            "data_offsets':[8,16]    | data_offsets':[8,9223372036854775807] | tensor 'b'",
            "data_offsets':[8,16]    | data_offsets':[8,9223372036854775808] | out of range",
            "data_offsets':[8,16]    | data_offsets':[8,16.0]  | expected VALUE_NUMBER_INT",
            "'shape':[2]             | 'shape':[4294967296,4294967296] | tensor 'a'",
            "'shape':[2]             | 'shape':[9223372036854775807] | tensor 'a'",
            "'shape':[2]             | 'shape':[-2]            | none negative",
            "'shape':[2]             | 'shape':[3]             | tensor 'a': 8 bytes in data_offsets, expected the size of",
            "'dtype':'F32'           | 'dtype':'F8_E4M3'       | tensor 'a': unknown dtype 'F8_E4M3'",
            "'dtype':'F32',          | ''                      | JSON",
            "'b':                    | 'a':                    | Duplicate",
            "'shape':[2]             | 'shape':[2],'shape':[2] | Duplicate",
            "'shape':[2]             | 'size':[2]              | unknown field at 'size'",
            "'format':'pt'           | 'format':[1]            | expected VALUE_STRING" })
    void brokenHeaderIsAnErrorThatNamesTheTensor(String sane, String broken, String message) throws Exception {
        String header = TWO_TENSORS.replace(sane, broken);
        assertThat(header).isNotEqualTo(TWO_TENSORS);
        assertRefused(write(header, new byte[16]), message);
    }

    @Test
    void allOffendersAreListedUpToALimit() throws Exception {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < 100; i++) {
            header.append(i == 0 ? "" : ",").append("'t").append(i).append("':{'dtype':'X','shape':[],'data_offsets':[0,0]}");
        }
        assertRefused(write(header + "}", new byte[0]), "'t0': unknown dtype 'X'; tensor 't1'", "'t19'", "; and 80 more");
    }

    @ParameterizedTest
    @ValueSource(longs = { -1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 1000, 0, 1 })
    void absurdHeaderLengthIsRefused(long length) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        assertRefused(Files.write(directory.resolve("x"), bytes.array()), "a safetensors header of");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "[]                      | expected START_OBJECT, found START_ARRAY",
            "{} {}                   | expected nothing after the object",
            "{}x                     | Unrecognized token",
            "{'a':{'dtype':'F32'}}   | tensor 'a': expected dtype, shape and data_offsets",
            "nul                     | Unrecognized token",
            "{'a':1}                 | expected START_OBJECT, found VALUE_NUMBER_INT at 'a'",
            "\"  \"                  | expected START_OBJECT, found null",
            "{'__metadata__':[]}     | expected START_OBJECT, found START_ARRAY at '__metadata__'" })
    void otherJsonIsRefused(String header, String message) throws Exception {
        assertRefused(write(header, new byte[0]), message);
    }

    @Test
    void deepJsonAndLongNamesAreRefused() throws Exception {
        assertRefused(write("{'a':{'shape':" + "[".repeat(1_000_000), new byte[0]), "expected VALUE_NUMBER_INT");
        assertRefused(write("{'__metadata__':" + "{'a':".repeat(1_000_000), new byte[0]), "expected VALUE_STRING");
        assertRefused(write("{'" + "a".repeat(2_000_000) + "':{}}", new byte[0]), "exceeds the maximum allowed (1024");
        assertRefused(write("{'a':{'dtype':'F32','shape':[" + "1,".repeat(1_000_000) + "1]}}", new byte[0]),
                "at most 64 sizes");
        assertRefused(write("{'a':{'dtype':'F32','shape':[" + "9".repeat(1_000_000) + "]}}", new byte[0]),
                "exceeds the maximum allowed (1024");
    }

    @Test
    void moreTensorsThanAnyModelHasAreRefused() throws Exception {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i <= StrictJson.MOST_TENSORS; i++) {
            header.append(i == 0 ? "" : ",").append('\'').append(i).append("':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}");
        }
        assertRefused(write(header + "}", new byte[0]), "more than 100000 tensors");
    }

    @Test
    void everyTruncationIsRefused() throws Exception {
        byte[] sane = bytes(TWO_TENSORS, new byte[16]);
        for (int length = 0; length < sane.length; length++) {
            Path file = Files.write(directory.resolve("cut"), Arrays.copyOf(sane, length));
            assertRefused(file, length < 8 ? "too short for the length"
                    : length < sane.length - 16 ? "a safetensors header of" : "bytes of data");
        }
        assertRefused(Files.write(directory.resolve("long"), Arrays.copyOf(sane, sane.length + 1)),
                "end at 16 of 17");
    }

    @Test
    void otherEncodingsAreRefused() throws Exception {
        byte[] bytes = SafetensorsTest.bytes("{'x':{}}", new byte[0]);
        bytes[10] = (byte) 0xff;
        assertRefused(Files.write(directory.resolve("x"), bytes), "not in UTF-8");
    }

    @Test
    void controlCharactersDoNotReachTheMessage() throws Exception {
        assertThatThrownBy(() -> Safetensors.openFile(write("{'\\u001b[2J':{'dtype':'X','shape':[],'data_offsets':[0,0]}}",
                new byte[0]))).hasMessageContaining("'?[2J'");
        assertThatThrownBy(() -> Safetensors.openFile(write("{'a':{'\\u001b[2J':1}}", new byte[0])))
                .hasMessageContaining("unknown field at '?[2J'");
        assertThatThrownBy(() -> Safetensors.openFile(write("{'__metadata__':{'\\u001b':'','\\u001b':''}}", new byte[0])))
                .hasMessageContaining("Duplicate field '?'");
    }

    static byte[] bytes(String header, byte[] data) {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json)
                .put(data).array();
    }

    private Path write(String header, byte[] data) throws IOException {
        return Files.write(directory.resolve("x.safetensors"), bytes(header, data));
    }

    private static void assertRefused(Path file, String... messages) {
        assertThatThrownBy(() -> Safetensors.openFile(file)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file + ": ").hasMessageContainingAll(messages);
    }
}
