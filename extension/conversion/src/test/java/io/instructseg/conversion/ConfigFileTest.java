package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("config.json");
    }

    @Test
    void readsByPath() throws IOException {
        ConfigFile config = read("{\"a\": {\"b\": 3, \"c\": 2.5, \"d\": [1, 2], \"e\": null}}");
        assertThat(config.integer("a.b")).hasValue(3);
        assertThat(config.number("a.b")).hasValue(3);
        assertThat(config.number("a.c")).hasValue(2.5);
        assertThat(config.integers("a.d")).hasValueSatisfying(values -> assertThat(values).containsExactly(1, 2));
        assertThat(config.integer("a.e")).isEmpty();
        assertThat(config.integer("a.x.y")).isEmpty();
    }

    @Test
    void anAbsentFileSaysNothing() throws IOException {
        assertThat(ConfigFile.readIfPresent(file).integer("a")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "  ", "null", "[]", "3", "\"text\"", "{", "{\"a\": }", "{\"a\": NaN}", "{\"a\": 1} {}", "{} ]",
            "{\"a\": 1, \"a\": 2}", "{\"a\": {\"b\": 1, \"b\": 1}}", "{'a': 1}", "{\"a\": 01}", "{\"a\": Infinity}",
            "\u0000\u0000",
            "{\"a\": \"\u0001\"}", "<html>" })
    void refusesWhatIsNotOneJsonObject(String text) throws IOException {
        Files.writeString(file, text);
        assertRefused();
    }

    @Test
    void refusesWhatNeverEnds() throws IOException {
        Files.writeString(file, "{\"a\":" + "[".repeat(1 << 20));
        assertRefused();
        Files.writeString(file, "{\"a\":".repeat(1 << 20));
        assertRefused();
        Files.writeString(file, "{\"a\": " + "9".repeat(1 << 20) + "}");
        assertRefused();
        Files.writeString(file, "{\"" + "n".repeat(1 << 20) + "\": 1}");
        assertRefused();
    }

    @Test
    void refusesBytesThatAreNoText() throws IOException {
        byte[] bytes = "{\"a\": \"xx\"}".getBytes(StandardCharsets.US_ASCII);
        bytes[7] = (byte) 0xC3;
        Files.write(file, bytes);
        assertRefused();
        // a byte order mark of UTF-32 before a code point that there is not
        Files.write(file, new byte[] { 0, 0, (byte) 0xFE, (byte) 0xFF, 0x7F, 0, 0, 0 });
        assertRefused();
    }

    @Test
    void refusesAHugeFileWithoutReadingIt() throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assertThatThrownBy(() -> ConfigFile.readIfPresent(file)).isExactlyInstanceOf(ConversionException.class)
                .hasMessage(file + " has 1099511627776 bytes, more than 16777216");
    }

    @Test
    void refusesADirectory() throws IOException {
        Files.createDirectory(file);
        assertThatThrownBy(() -> ConfigFile.readIfPresent(file)).isExactlyInstanceOf(ConversionException.class)
                .hasMessage(file + " is no file");
    }

    @Test
    void showsNoMoreOfAValueThanALine() throws IOException {
        ConfigFile config = read("{\"a\": \"" + "x".repeat(1 << 20) + "\"}");
        assertThatThrownBy(() -> config.integer("a")).isInstanceOf(ConversionException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    private ConfigFile read(String text) throws IOException {
        Files.writeString(file, text);
        return ConfigFile.readIfPresent(file);
    }

    private void assertRefused() {
        assertThatThrownBy(() -> ConfigFile.readIfPresent(file)).isExactlyInstanceOf(ConversionException.class)
                .hasMessageStartingWith(file.toString());
    }
}
