package io.instructseg.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelManifestTest {

    @TempDir
    Path directory;

    private String json;

    @BeforeEach
    void write() throws IOException {
        Examples.manifest().write(directory);
        json = Files.readString(file());
    }

    @Test
    void readsWhatItWrote() throws IOException {
        assertThat(ModelManifest.read(directory)).isEqualTo(Examples.manifest());
    }

    @Test
    void ignoresFieldsOfNewerConverters() throws IOException {
        edit(text -> text.replace("\"imageSize\" : 384", "\"imageSize\" : 384, \"newer\" : [1, {}]"));
        edit(text -> text.replaceFirst("\\{", "{ \"newer\" : \"field\","));
        assertThat(ModelManifest.read(directory)).isEqualTo(Examples.manifest());
    }

    /** It was converted before there were answers in words. */
    @Test
    void anOlderModelHasNoWords() throws IOException {
        edit(text -> text.replaceFirst(",\\s*\"outputSize\" : 51200", ""));
        Hyperparameters.LanguageModel read = ModelManifest.read(directory).hyperparameters().languageModel();
        assertThat(read.outputSize()).isZero();
        assertThat(read.speaks()).isFalse();
        assertThat(read.vocabularySize()).isEqualTo(50296);
    }

    @Test
    void namesTheVersionWhateverElseIsDifferent() throws IOException {
        Files.writeString(file(), "{\"formatVersion\": 2, \"precision\": \"INT4\", \"shapes\": {}}");
        assertThatThrownBy(() -> ModelManifest.read(directory)).isInstanceOf(IOException.class)
                .hasMessage(file() + ": formatVersion is 2, this version reads 1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "precision" : "BFLOAT16"     | "precision" : "INT4"          | INT4
            "precision" : "BFLOAT16"     | "precision" : 1               | precision
            "precision" : "BFLOAT16"     | "precision" : null            | precision is missing
            "precision" : "BFLOAT16"     | "precision" : "FLOAT16", "precision" : "BFLOAT16" | Duplicate field 'precision'
            "precision" : "BFLOAT16"     | "precision" : "BFLOAT16" ] ,  | malformed
            "layers" : 26                | "layers" : 26.5               | layers
            "layers" : 26                | "layers" : "26"               | layers
            "layers" : 26                | "layers" : null               | layers
            "layers" : 26                | "layers" : 1000000000         | visionEncoder.layers is 1000000000
            "layers" : 26                | "layers" : 99999999999999999  | layers
            "layers" : 26                | "layers" : [26]               | layers
            "layers" : 26                | "layers" : NaN                | malformed
            "layers" : 26,               | ''                            | layers
            "windowSize" : 12            | "windowSize" : 0              | backbone.windowSize is 0
            "formatVersion" : 1          | "formatVersion" : "1"         | formatVersion is "1"
            "formatVersion" : 1          | "formatVersion" : 1.0         | formatVersion is 1.0
            "formatVersion" : 1,         | ''                            | formatVersion is missing
            "weights" : 1234             | "weights" : -0.5              | weights
            """)
    void namesWhatIsWrong(String found, String replacement, String message) throws IOException {
        edit(text -> text.replaceFirst(Pattern.quote(found), replacement));
        assertThatThrownBy(() -> ModelManifest.read(directory)).isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(file().toString()).hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", " ", "null", "1", "[]", "{}", "\"model\"", "{", "{}{}", "\u0000\u0000\uFEFF",
            "\u0000\u0011\u0000{",
            "{\"formatVersion\": 1}", "{\"formatVersion\": 1, \"hyperparameters\": null}",
            "{\"model_type\": \"somebody else's\"}", "{\"formatVersion\": 1} {}" })
    void refusesWhatIsNoManifest(String text) throws IOException {
        Files.writeString(file(), text);
        assertThatThrownBy(() -> ModelManifest.read(directory)).isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(file().toString());
    }

    @Test
    void refusesDepthsWithoutEnd() throws IOException {
        Files.writeString(file(), "{\"formatVersion\": 1, \"x\": " + "[".repeat(1 << 20));
        assertThatThrownBy(() -> ModelManifest.read(directory)).isExactlyInstanceOf(IOException.class);
    }

    @Test
    void refusesBytesThatAreNoText() throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        bytes[json.indexOf("BFLOAT16")] = (byte) 0xC3;
        Files.write(file(), bytes);
        assertThatThrownBy(() -> ModelManifest.read(directory)).isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(file().toString());
        Files.write(file(), new byte[] { 0, 0, (byte) 0xFE, (byte) 0xFF, 0x7F, 0, 0, 0 });
        assertThatThrownBy(() -> ModelManifest.read(directory)).isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(file().toString());
    }

    @Test
    void refusesAHugeFileWithoutReadingIt() throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file().toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assertThatThrownBy(() -> ModelManifest.read(directory)).isExactlyInstanceOf(IOException.class)
                .hasMessage(file() + " has 1099511627776 bytes, more than 16777216");
    }

    @Test
    void refusesADirectoryAndNothing() throws IOException {
        Files.delete(file());
        assertThatThrownBy(() -> ModelManifest.read(directory)).isInstanceOf(IOException.class).hasMessageContaining("missing");
        Files.createDirectory(file());
        assertThatThrownBy(() -> ModelManifest.read(directory)).isInstanceOf(IOException.class).hasMessageContaining("no file");
    }

    private void edit(UnaryOperator<String> change) throws IOException {
        String changed = change.apply(Files.readString(file()));
        assertThat(changed).isNotEqualTo(Files.readString(file()));
        Files.writeString(file(), changed);
    }

    private Path file() {
        return directory.resolve(ModelManifest.FILE);
    }
}
