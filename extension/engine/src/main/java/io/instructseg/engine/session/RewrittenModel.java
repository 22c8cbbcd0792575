package io.instructseg.engine.session;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * A temporary SavedModel with another graph, whose weights and assets are links to the real one's: TensorFlow loads directories
 * only. It is needed while loading.
 */
final class RewrittenModel implements AutoCloseable {

    private final Path directory;

    /** @throws IOException if the directory for temporary files can't be written */
    RewrittenModel(Path model, MetaGraphDef graph) throws IOException {
        directory = Files.createTempDirectory("instructseg-placed");
        try {
            try (OutputStream out = Files.newOutputStream(directory.resolve("saved_model.pb"))) {
                SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(graph).build().writeTo(out);
            }
            for (String part : List.of("variables", "assets")) {
                if (Files.isDirectory(model.resolve(part))) {
                    Files.createSymbolicLink(directory.resolve(part), model.resolve(part).toRealPath());
                }
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                Files.delete(entry);
            }
        }
        Files.delete(directory);
    }
}
