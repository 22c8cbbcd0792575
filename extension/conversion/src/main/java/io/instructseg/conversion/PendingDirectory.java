package io.instructseg.conversion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A directory that takes its name when it is complete; before that it has another one, and closing deletes it. */
final class PendingDirectory implements AutoCloseable {

    private final Path target;
    private final Path pending;

    /** @throws ConversionException if the target exists and is not an empty directory */
    PendingDirectory(Path target) throws IOException {
        this.target = target.toAbsolutePath();
        if (Files.exists(target) && !isEmptyDirectory(target)) {
            throw new ConversionException(target + " exists already");
        }
        Files.createDirectories(this.target.getParent());
        // not createTempDirectory, whose directories are their owner's alone: a service may run as somebody else
        this.pending = Files.createDirectory(
                this.target.resolveSibling(this.target.getFileName() + ".partial-" + UUID.randomUUID()));
    }

    Path path() {
        return pending;
    }

    void complete() throws IOException {
        Files.deleteIfExists(target);
        Files.move(pending, target, StandardCopyOption.ATOMIC_MOVE);
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
        if (!Files.exists(pending)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> tree = Files.walk(pending)) {
            files = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
