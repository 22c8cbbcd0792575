package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file or directory that a command writes step by step: in a hidden directory beside it until it is complete, which is gone
 * afterwards and when the process ends (Ctrl-C, SIGTERM).
 */
final class PendingOutput implements AutoCloseable {

    private final Path target;
    private final TemporaryDirectory temporary;

    /** @param target absent, a file that is replaced, or an empty directory */
    PendingOutput(Path target) throws IOException {
        this.target = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        this.temporary = TemporaryDirectory.within(this.target.getParent());
    }

    /** Where to write; there is nothing yet. */
    Path path() {
        return temporary.path().resolve(target.getFileName());
    }

    /** Puts it where it belongs. */
    void complete() throws IOException {
        if (Files.isDirectory(target)) {
            Files.delete(target);
        }
        Files.move(path(), target, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        temporary.close();
    }
}
