package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.instructseg.conversion.DirectoryTree;

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
        DirectoryTree.delete(path);
    }

    private void deleteQuietly() {
        try {
            DirectoryTree.delete(path);
        } catch (IOException e) {
            // nobody is left to be told, and the system's temporary directory is cleaned up one day
        }
    }
}
