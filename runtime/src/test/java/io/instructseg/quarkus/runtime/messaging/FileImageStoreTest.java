package io.instructseg.quarkus.runtime.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.instructseg.quarkus.ImageReferenceException;
import io.quarkus.runtime.configuration.ConfigurationException;

class FileImageStoreTest {

    @TempDir
    Path directory;
    Path root;
    FileImageStore store;

    @BeforeEach
    void pictures() throws IOException {
        root = Files.createDirectories(directory.resolve("pictures"));
        Files.createDirectories(root.resolve("cameras/7"));
        Files.writeString(root.resolve("cameras/7/a picture.png"), "inside");
        Files.writeString(directory.resolve("secret.png"), "outside");
        store = new FileImageStore(Optional.of(root.toString()));
    }

    @Test
    void aReferenceIsAPathBelowTheDirectory() throws IOException {
        try (InputStream in = store.open("cameras/7/a picture.png")) {
            assertThat(in.readAllBytes()).asString().isEqualTo("inside");
        }
    }

    @Test
    void theDirectoryItselfMayBeALink() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), root);
        try (InputStream in = new FileImageStore(Optional.of(link.toString())).open("cameras/7/a picture.png")) {
            assertThat(in.readAllBytes()).asString().isEqualTo("inside");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "../secret.png", "cameras/../../secret.png", "cameras/../cameras/7/a picture.png", "/etc/passwd",
            "./cameras/7/a picture.png", "cameras//7/a picture.png", "cameras\\7\\a picture.png", "..", ".", "",
            "cameras/7/", "a\0b" })
    void whatIsNoPathOfPlainNamesIsRefused(String reference) {
        assertThatThrownBy(() -> store.open(reference)).isInstanceOf(ImageReferenceException.class)
                .hasMessage("found what is no relative path of plain names separated by '/'");
    }

    @ParameterizedTest
    @ValueSource(strings = { "nothing.png", "cameras", "cameras/7/a picture.png/more", "file:cameras",
            "jar:file:x.jar!", "http:example.org" })
    void whatIsNoFileIsRefused(String reference) {
        assertThatThrownBy(() -> store.open(reference)).isInstanceOf(ImageReferenceException.class)
                .hasMessage("found no file '" + reference + "' in the store");
    }

    @Test
    void aNameTooLongForTheFileSystemIsNoFile() {
        assertThatThrownBy(() -> store.open("a".repeat(1000))).isInstanceOf(ImageReferenceException.class);
    }

    @Test
    void aDirectoryThatIsGoneIsTheStoresFault() throws IOException {
        Files.move(root, directory.resolve("elsewhere"));
        assertThatThrownBy(() -> store.open("cameras/7/a picture.png")).isInstanceOf(IOException.class)
                .isNotInstanceOf(ImageReferenceException.class).hasMessageContaining("is gone");
    }

    @Test
    void linksLeadNowhere() throws IOException {
        Files.createSymbolicLink(root.resolve("file.png"), directory.resolve("secret.png"));
        Files.createSymbolicLink(root.resolve("up"), directory);
        Files.createSymbolicLink(root.resolve("inside.png"), root.resolve("cameras/7/a picture.png"));
        for (String reference : new String[] { "file.png", "up/secret.png", "inside.png" }) {
            assertThatThrownBy(() -> store.open(reference)).as(reference).isInstanceOf(ImageReferenceException.class)
                    .hasMessage("found no file '" + reference + "' in the store");
        }
    }

    @Test
    void withoutADirectoryThereAreNoReferences() {
        assertThatThrownBy(() -> new FileImageStore(Optional.empty()).open("a.png"))
                .isInstanceOf(ImageReferenceException.class)
                .hasMessageContaining("quarkus.instructseg.messaging.store.directory is not set");
    }

    @ParameterizedTest
    @ValueSource(strings = { "nowhere", "secret.png" })
    void aWrongDirectoryFailsTheStart(String name) {
        String path = directory.resolve(name).toString();
        assertThatThrownBy(() -> new FileImageStore(Optional.of(path))).isInstanceOf(ConfigurationException.class)
                .hasMessage("quarkus.instructseg.messaging.store.directory is '" + path
                        + "', expected a directory that can be read");
    }
}
