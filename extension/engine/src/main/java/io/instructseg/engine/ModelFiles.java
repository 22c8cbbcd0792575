package io.instructseg.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.instructseg.engine.session.ModelException;

/**
 * By what a model is known without reading it.
 *
 * @param directory its real path
 * @param versions its files, by their paths within
 */
record ModelFiles(Path directory, Map<String, Version> versions) {

    /** What changes when a file does. */
    record Version(long bytes, FileTime modified) {
    }

    /**
     * @throws ModelException if the directory is no model
     * @throws IOException if it can't be read
     */
    static ModelFiles of(Path directory) throws IOException {
        if (!Files.isRegularFile(directory.resolve("saved_model.pb"))) {
            throw new ModelException(directory + " is no model: it has no saved_model.pb");
        }
        Path real = directory.toRealPath();
        Map<String, Version> versions = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(real, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                versions.put(real.relativize(file).toString(),
                        new Version(Files.size(file), Files.getLastModifiedTime(file)));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new ModelFiles(real, versions);
    }
}
