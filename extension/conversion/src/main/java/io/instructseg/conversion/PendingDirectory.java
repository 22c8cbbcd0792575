package io.instructseg.conversion;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A directory that takes its name when it is complete; before that it has another one, and closing deletes it, as does the end
 * of the process (Ctrl-C, SIGTERM).
 */
public final class PendingDirectory implements AutoCloseable {

    private static final int MOST_ATTEMPTS = 100;
    private static final long ATTEMPT_NANOS = 20_000_000;

    private final Path target;
    private final Path pending;
    /** Directories above the target that were missing, the innermost first. */
    private final List<Path> createdParents = new ArrayList<>();
    private final Thread shutdownHook = new Thread(this::abandon, "delete partial model");
    private boolean abandoned;

    /** @throws ConversionException if the target exists and is not an empty directory */
    public PendingDirectory(Path target) throws IOException {
        this.target = target.toAbsolutePath().normalize();
        requireAbsent();
        this.pending = this.target.resolveSibling(this.target.getFileName() + ".partial-" + UUID.randomUUID());
        create();
    }

    private void requireAbsent() throws IOException {
        if (Files.exists(target) && !isEmptyDirectory(target)) {
            throw new ConversionException(target + " exists already");
        }
    }

    private synchronized void create() throws IOException {
        try {
            // before there is something to delete: the process may end at any moment
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            throw new ConversionException("interrupted", e);
        }
        try {
            for (Path parent = target.getParent(); !Files.exists(parent); parent = parent.getParent()) {
                createdParents.add(parent);
            }
            Files.createDirectories(target.getParent());
            // not createTempDirectory, whose directories are their owner's alone: a service may run as somebody else
            Files.createDirectory(pending);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void deleteParents() throws IOException {
        for (Path parent : createdParents) {
            try {
                Files.deleteIfExists(parent);
            } catch (DirectoryNotEmptyException e) {
                // somebody else uses it by now
                return;
            }
        }
    }

    public Path path() {
        return pending;
    }

    public synchronized void complete() throws IOException {
        if (abandoned) {
            throw new ConversionException("interrupted");
        }
        requireAbsent();
        force();
        try {
            Files.deleteIfExists(target);
            Files.move(pending, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // another conversion to the same directory may have been faster
            requireAbsent();
            throw e;
        }
    }

    /** A directory that has its name has its contents, also if the machine stops. */
    private void force() throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(pending)) {
            files = tree.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    private static boolean isEmptyDirectory(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.findAny().isEmpty();
        }
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

    /**
     * The process ends while another thread still writes: that one may add a last file, then it fails, since nobody makes this
     * directory again.
     */
    private synchronized void abandon() {
        abandoned = true;
        for (int attempt = 0; attempt < MOST_ATTEMPTS && Files.exists(pending); attempt++) {
            try {
                delete();
            } catch (IOException e) {
                LockSupport.parkNanos(ATTEMPT_NANOS);
            }
        }
    }

    private void delete() throws IOException {
        DirectoryTree.delete(pending);
        deleteParents();
    }
}
