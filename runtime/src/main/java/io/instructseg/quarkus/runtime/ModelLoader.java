package io.instructseg.quarkus.runtime;

import static io.instructseg.quarkus.runtime.InstructSegLog.LOG;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.ResidentModels;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.session.LoadListener;
import io.instructseg.engine.session.LoadOptions;

/** Loads the configured model and frees it. */
final class ModelLoader {

    private final ModelLocation location;
    private final LoadOptions options;
    private final boolean resident;

    /** @param resident whether the model outlives the application, for the next one in this JVM: a hot reload */
    ModelLoader(ModelLocation location, LoadOptions options, boolean resident) {
        this.location = location;
        this.options = options;
        this.resident = resident && !location.isOnClassPath();
    }

    /**
     * Loads the model, or takes the one that is here.
     *
     * @throws java.util.concurrent.CancellationException once cancelled, unless the next application may want the model
     */
    SegmentationModel load(LoadListener listener, CancellationToken cancellation) throws IOException {
        if (resident && ResidentModels.has(location.directory(), options)) {
            LOG.resident(location);
        } else {
            LOG.loading(location);
        }
        SegmentationModel model = acquire(listener, cancellation);
        CpuFallback.INSTANCE.loaded(options.placement(), model.session().devices());
        return model;
    }

    private SegmentationModel acquire(LoadListener listener, CancellationToken cancellation) throws IOException {
        if (resident) {
            return ResidentModels.acquire(location.directory(), options, listener);
        }
        return location.isOnClassPath() ? loadFromClassPath(listener, cancellation)
                : SegmentationModel.load(location.directory(), options, listener, cancellation);
    }

    /** TensorFlow reads files only; once loaded it needs their names no more, and what is mapped stays until it is freed. */
    private SegmentationModel loadFromClassPath(LoadListener listener, CancellationToken cancellation) throws IOException {
        Path copy = Files.createTempDirectory("instructseg-model");
        try {
            location.copyTo(copy);
            return SegmentationModel.load(copy, options, listener, cancellation);
        } finally {
            delete(copy);
        }
    }

    /** As far as possible: what stays is no reason to be without the model. */
    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.toFile().delete()) {
                    file.toFile().deleteOnExit();
                }
            }
        }
    }

    void free(SegmentationModel model) {
        if (resident) {
            ResidentModels.release(model);
        } else {
            model.close();
        }
    }
}
