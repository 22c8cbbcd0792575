package io.instructseg.quarkus.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.quarkus.runtime.util.ClassPathUtils;

/** Directories on the application's class path, in jars or not. */
final class ClassPathDirectory {

    private ClassPathDirectory() {
    }

    static boolean has(String directory, String file) {
        return loader().getResource(directory + "/" + file) != null;
    }

    /** Copies the files of a directory, and of those below it. */
    static void copy(String directory, Path target) throws IOException {
        ClassPathUtils.consumeAsPaths(loader(), directory, source -> copyTree(source, target));
    }

    private static void copyTree(Path source, Path target) {
        try (Stream<Path> tree = Files.walk(source)) {
            List<Path> files = tree.filter(Files::isRegularFile).toList();
            for (Path file : files) {
                // of another file system, maybe
                Path copy = target.resolve(source.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClassLoader loader() {
        return Thread.currentThread().getContextClassLoader();
    }
}
