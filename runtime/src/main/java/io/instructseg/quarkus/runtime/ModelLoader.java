package io.instructseg.quarkus.runtime;

import static io.instructseg.quarkus.runtime.InstructSegLog.LOG;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

import io.instructseg.engine.ResidentModels;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.session.Placement;
import io.instructseg.engine.session.TensorFlowOptions;

/** Loads the configured model and frees it. */
final class ModelLoader {

    private final ModelLocation location;
    private final Placement placement;
    private final TensorFlowOptions options;
    private final boolean resident;

    /** @param resident whether the model outlives the application, for the next one in this JVM: a hot reload */
    ModelLoader(ModelLocation location, Placement placement, TensorFlowOptions options, boolean resident) {
        this.location = location;
        this.placement = placement;
        this.options = options;
        this.resident = resident && !location.isOnClassPath();
    }

    SegmentationModel load() throws IOException {
        if (resident && ResidentModels.has(location.directory(), placement, options)) {
            LOG.resident(location);
        } else {
            LOG.loading(location);
        }
        SegmentationModel model = acquire();
        CpuFallback.INSTANCE.loaded(placement, model.session().devices());
        return model;
    }

    private SegmentationModel acquire() throws IOException {
        if (resident) {
            return ResidentModels.acquire(location.directory(), placement, options);
        }
        return location.isOnClassPath() ? loadFromClassPath()
                : SegmentationModel.load(location.directory(), placement, options);
    }

    /** TensorFlow reads files only; once loaded it needs them no more. */
    private SegmentationModel loadFromClassPath() throws IOException {
        Path copy = Files.createTempDirectory("instructseg-model");
        try {
            location.copyTo(copy);
            return SegmentationModel.load(copy, placement, options);
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
