package io.instructseg.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingDirectoryTest {

    @TempDir
    Path directory;

    @Test
    void takesItsNameWhenComplete() throws IOException {
        Path target = directory.resolve("model");
        try (PendingDirectory pending = new PendingDirectory(target)) {
            fill(pending.path());
            assertThat(target).doesNotExist();
            pending.complete();
        }
        assertThat(target.resolve("sub/file")).hasContent("text");
        assertThat(entries()).containsExactly("model");
    }

    @Test
    void leavesNothingWithoutCompletion() throws IOException {
        try (PendingDirectory pending = new PendingDirectory(directory.resolve("a/b/c/model"))) {
            fill(pending.path());
        }
        assertThat(entries()).isEmpty();
    }

    @Test
    void keepsParentsThatSomebodyElseUses() throws IOException {
        try (PendingDirectory pending = new PendingDirectory(directory.resolve("a/b/c/model"))) {
            fill(pending.path());
            Files.writeString(directory.resolve("a/b/other"), "text");
        }
        assertThat(directory.resolve("a/b/other")).exists();
        assertThat(directory.resolve("a/b/c")).doesNotExist();
    }

    @Test
    void createsParents() throws IOException {
        try (PendingDirectory pending = new PendingDirectory(directory.resolve("a/b/model"))) {
            pending.complete();
        }
        assertThat(directory.resolve("a/b/model")).isEmptyDirectory();
    }

    @Test
    void replacesAnEmptyDirectory() throws IOException {
        Path target = Files.createDirectory(directory.resolve("model"));
        try (PendingDirectory pending = new PendingDirectory(target)) {
            fill(pending.path());
            pending.complete();
        }
        assertThat(target.resolve("sub/file")).exists();
    }

    @Test
    void refusesWhatExists() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "text");
        Path full = Files.createDirectory(directory.resolve("full"));
        Files.writeString(full.resolve("file"), "text");
        for (Path target : List.of(file, full, Path.of("/"), directory.resolve("full/../full"), directory.resolve("x/.."))) {
            assertThatThrownBy(() -> new PendingDirectory(target)).isExactlyInstanceOf(ConversionException.class)
                    .hasMessage(target.toAbsolutePath().normalize() + " exists already");
        }
        assertThatThrownBy(() -> new PendingDirectory(file.resolve("below/model"))).isInstanceOf(IOException.class);
        assertThat(entries()).containsExactly("file", "full");
        assertThat(file).hasContent("text");
    }

    @Test
    void refusesWhatAppearsMeanwhile() throws IOException {
        Path target = directory.resolve("model");
        try (PendingDirectory pending = new PendingDirectory(target)) {
            fill(pending.path());
            Files.writeString(target, "somebody's");
            assertThatThrownBy(pending::complete).isExactlyInstanceOf(ConversionException.class)
                    .hasMessage(target + " exists already");
        }
        assertThat(target).hasContent("somebody's");
        assertThat(entries()).containsExactly("model");
    }

    @Test
    void takesARelativeName() throws IOException {
        Path target = Path.of("target", "pending-directory-test");
        try (PendingDirectory pending = new PendingDirectory(target)) {
            pending.complete();
        }
        assertThat(target).isEmptyDirectory();
        Files.delete(target);
    }

    @Test
    void ofSeveralAtOnceOneWins() throws Exception {
        Path target = directory.resolve("model");
        CyclicBarrier barrier = new CyclicBarrier(4);
        Callable<Void> conversion = () -> {
            try (PendingDirectory pending = new PendingDirectory(target)) {
                fill(pending.path());
                barrier.await();
                pending.complete();
                return null;
            }
        };
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Throwable> failures = new ArrayList<>();
        for (Future<Void> future : threads.invokeAll(List.of(conversion, conversion, conversion, conversion))) {
            try {
                future.get();
            } catch (ExecutionException e) {
                failures.add(e.getCause());
            }
        }
        threads.shutdown();
        assertThat(failures).hasSize(3).allSatisfy(failure -> assertThat(failure)
                .isExactlyInstanceOf(ConversionException.class).hasMessage(target + " exists already"));
        assertThat(entries()).containsExactly("model");
        assertThat(target.resolve("sub/file")).exists();
    }

    private static void fill(Path pending) throws IOException {
        Files.createDirectories(pending.resolve("sub"));
        Files.writeString(pending.resolve("sub/file"), "text");
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
