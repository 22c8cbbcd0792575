package io.instructseg.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory that is gone when it is closed, or when the process ends (Ctrl-C, SIGTERM). */
final class TemporaryDirectory implements AutoCloseable {

    private final Path path;
    private final Thread shutdownHook = new Thread(this::deleteQuietly, "delete temporary files");

    TemporaryDirectory() throws IOException {
        path = Files.createTempDirectory("instructseg-");
        Runtime.getRuntime().addShutdownHook(shutdownHook);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // the process ends: the hook deletes the directory
            return;
        }
        delete();
    }

    private void deleteQuietly() {
        try {
            delete();
        } catch (IOException e) {
            // nobody is left to be told, and the system's temporary directory is cleaned up one day
        }
    }

    private void delete() throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(path)) {
            files = tree.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
