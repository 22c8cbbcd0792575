package io.instructseg.quarkus.runtime;

import java.io.IOException;

import io.instructseg.engine.SegmentationModel;

/** A model on the devices that it needs together. Owns it from loading to freeing. */
final class Replica {

    private final ModelLoader loader;
    private final DeviceExecutor device;
    private volatile SegmentationModel model;

    Replica(ModelLoader loader, DeviceExecutor device) {
        this.loader = loader;
        this.device = device;
    }

    void load() throws IOException {
        model = loader.load();
    }

    /** Null while it is not loaded. */
    SegmentationModel model() {
        return model;
    }

    DeviceExecutor device() {
        return device;
    }

    /** To be called once nothing runs any more. */
    void free() {
        if (model != null) {
            loader.free(model);
        }
    }
}
