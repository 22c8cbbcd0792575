package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathDirectoryTest {

    @TempDir
    Path root;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private URLClassLoader loader;

    @BeforeEach
    void model() throws IOException {
        write("my/model/saved_model.pb", "graph");
        write("my/model/variables/variables.index", "weights");
        loader = new FilesOnly(root.toUri().toURL(), before);
        Thread.currentThread().setContextClassLoader(loader);
    }

    @AfterEach
    void reset() throws IOException {
        Thread.currentThread().setContextClassLoader(before);
        loader.close();
    }

    private void write(String name, String content) throws IOException {
        Files.createDirectories(root.resolve(name).getParent());
        Files.writeString(root.resolve(name), content);
    }

    @Test
    void copiesADirectoryWithThoseBelow(@TempDir Path target) throws IOException {
        loader.close();
        loader = new URLClassLoader(new URL[] { root.toUri().toURL() }, before);
        Thread.currentThread().setContextClassLoader(loader);
        assertThat(ClassPathDirectory.files("my/model")).containsExactly("saved_model.pb", "variables/variables.index");
        ClassPathDirectory.copy("my/model", target);
        assertThat(target.resolve("saved_model.pb")).hasContent("graph");
        assertThat(target.resolve("variables/variables.index")).hasContent("weights");
    }

    /** A native executable's resources can be read, each by its name; directories are none. */
    @Test
    void withoutDirectoriesTheIndexTells(@TempDir Path target) throws IOException {
        write(ClassPathDirectory.index("my/model"), "saved_model.pb\nvariables/variables.index");
        ClassPathDirectory.copy("my/model", target);
        assertThat(target.resolve("saved_model.pb")).hasContent("graph");
        assertThat(target.resolve("variables/variables.index")).hasContent("weights");
    }

    @Test
    void aFileOfTheIndexMayBeMissing(@TempDir Path target) throws IOException {
        write(ClassPathDirectory.index("my/model"), "saved_model.pb\nmodel.json");
        assertThatThrownBy(() -> ClassPathDirectory.copy("my/model", target)).isInstanceOf(IOException.class)
                .hasMessageContaining("my/model/model.json");
    }

    /** As a native executable has it. */
    private static final class FilesOnly extends URLClassLoader {

        FilesOnly(URL root, ClassLoader parent) {
            super(new URL[] { root }, parent);
        }

        @Override
        public Enumeration<URL> findResources(String name) {
            throw new AssertionError(name + " is listed");
        }
    }
}
