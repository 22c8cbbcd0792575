package io.instructseg.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.instructseg.demo.DemoModel;
import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.session.LoadOptions;

/** A model that a user names: a directory, or {@code demo}, which is extracted until closing. */
public final class ModelSource implements AutoCloseable {

    /** What users write for the embedded model. */
    public static final String DEMO = "demo";

    private final Path directory;
    private final TemporaryDirectory temporary;

    private ModelSource(Path directory, TemporaryDirectory temporary) {
        this.directory = directory;
        this.temporary = temporary;
    }

    /**
     * Finds a model; it is not loaded.
     *
     * @throws IOException if there is no such directory or it holds no SavedModel, or the demo model can't be extracted
     */
    public static ModelSource open(String model) throws IOException {
        if (model.equals(DEMO)) {
            return openDemo();
        }
        Path directory = Path.of(model);
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + (Files.exists(directory) ? " is not a directory" : ": no such directory"));
        }
        if (!Files.isRegularFile(directory.resolve("saved_model.pb"))) {
            throw new IOException(directory + " is no model: it has no saved_model.pb"
                    + (Files.exists(directory.resolve("config.json"))
                            ? "; it looks like a checkpoint, which 'instructseg convert' makes a model of"
                            : ""));
        }
        return new ModelSource(directory, null);
    }

    private static ModelSource openDemo() throws IOException {
        TemporaryDirectory temporary = new TemporaryDirectory();
        try {
            DemoModel.extractTo(temporary.path());
            return new ModelSource(temporary.path(), temporary);
        } catch (IOException | RuntimeException e) {
            temporary.close();
            throw e;
        }
    }

    /** Where the model lies, until closing. */
    public Path directory() {
        return directory;
    }

    /** Loads it, and shows how far that is. */
    SegmentationModel load(Progress progress) throws IOException {
        progress.step("loading the model");
        return SegmentationModel.load(directory, LoadOptions.DEFAULT,
                (done, total) -> progress.update("loading the model", done, total), CancellationToken.NONE);
    }

    @Override
    public void close() throws IOException {
        if (temporary != null) {
            temporary.close();
        }
    }
}
