package io.instructseg.quarkus.runtime;

import java.io.IOException;

import io.instructseg.engine.CancellationToken;
import io.instructseg.engine.SegmentationModel;
import io.instructseg.engine.session.LoadListener;

/** A model on the devices that it needs together. Owns it from loading to freeing. */
final class Replica {

    private final ModelLoader loader;
    private final DeviceExecutor device;
    private volatile SegmentationModel model;

    Replica(ModelLoader loader, DeviceExecutor device) {
        this.loader = loader;
        this.device = device;
    }

    void load(LoadListener listener, CancellationToken cancellation) throws IOException {
        model = loader.load(listener, cancellation);
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
