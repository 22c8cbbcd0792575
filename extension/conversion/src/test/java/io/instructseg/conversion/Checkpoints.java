package io.instructseg.conversion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.TensorInfo;

/** The checkpoints in the repository. */
final class Checkpoints {

    static final Path GOLDEN = Path.of(System.getProperty("instructseg.test-data"), "golden");
    static final Path DEMO = Path.of(System.getProperty("instructseg.demo-examples")).resolveSibling("checkpoint");

    private Checkpoints() {
    }

    static Map<String, List<Long>> shapes(Path directory) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            return checkpoint.tensors().values().stream().collect(Collectors.toMap(TensorInfo::name, TensorInfo::shape));
        }
    }

    /** A copy whose files a test may change. */
    static Path copy(Path checkpoint, Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(checkpoint)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }
}
