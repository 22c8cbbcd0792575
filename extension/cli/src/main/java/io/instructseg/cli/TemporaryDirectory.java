package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

import io.instructseg.conversion.DirectoryTree;

/** A directory that is gone when it is closed, or when the process ends (Ctrl-C, SIGTERM). */
final class TemporaryDirectory implements AutoCloseable {

    private static final int MOST_ATTEMPTS = 100;
    private static final long ATTEMPT_NANOS = 20_000_000;

    private final Path path;
    private final Thread shutdownHook = new Thread(this::deleteQuietly, "delete temporary files");

    /** In the system's temporary directory. */
    TemporaryDirectory() throws IOException {
        this(Files.createTempDirectory("instructseg-"));
    }

    /** A hidden one in another directory: what is made there can take its place in that one at once. */
    static TemporaryDirectory within(Path parent) throws IOException {
        return new TemporaryDirectory(Files.createTempDirectory(parent, ".instructseg-"));
    }

    private TemporaryDirectory(Path path) {
        this.path = path;
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

    /** Again while another thread still writes: that one fails soon, since nobody makes this directory again. */
    private void deleteQuietly() {
        for (int attempt = 0; attempt < MOST_ATTEMPTS && Files.exists(path); attempt++) {
            try {
                DirectoryTree.delete(path);
            } catch (IOException e) {
                LockSupport.parkNanos(ATTEMPT_NANOS);
            }
        }
    }
}
