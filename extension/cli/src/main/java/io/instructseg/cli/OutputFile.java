package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file that a command writes: looked at before the work, written wholly or not at all. */
final class OutputFile {

    private final Path path;

    OutputFile(Path path) {
        this.path = path;
    }

    /** The n-th file of several: {@code out.png} becomes {@code out-1.png}. */
    OutputFile numbered(int number) {
        if (path.getFileName() == null) {
            return this;
        }
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        int end = dot > 0 ? dot : name.length();
        return new OutputFile(path.resolveSibling(name.substring(0, end) + "-" + number + name.substring(end)));
    }

    Path path() {
        return path;
    }

    /** @throws IOException if a file can't be written here, as far as can be told before */
    void check() throws IOException {
        if (path.getFileName() == null) {
            throw new IOException(path + " is no name of a file: it can't be written");
        }
        Path directory = path.toAbsolutePath().getParent();
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException(path + " exists and is no file: it can't be written");
        }
        if (!Files.isDirectory(directory)) {
            throw new IOException(path + " can't be written: there is no directory " + directory);
        }
        if (!Files.isWritable(directory)) {
            throw new IOException(path + " can't be written: no permission to write into " + directory);
        }
    }

    void write(byte[] content) throws IOException {
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        Path partial = target.resolveSibling("." + target.getFileName() + ".partial-" + UUID.randomUUID());
        try {
            Files.write(partial, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
