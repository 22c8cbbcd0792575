package io.instructseg.quarkus.runtime;

import java.util.Set;

import io.instructseg.engine.session.Devices;
import io.instructseg.engine.session.ModelException;
import io.instructseg.engine.session.Placement;
import io.instructseg.engine.session.TensorFlowOptions;
import io.quarkus.runtime.configuration.ConfigurationException;

/** Where models run, from the configuration. */
final class PlacementSettings {

    private PlacementSettings() {
    }

    /** @throws ConfigurationException if a value makes no sense */
    static TensorFlowOptions options(TensorFlowConfig config) {
        try {
            return new TensorFlowOptions(config.interOpThreads(), config.intraOpThreads(), config.gpuMemoryFraction(),
                    config.gpuMemoryGrowth(), config.visibleGpus(), config.logicalCpus());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("quarkus.instructseg.tensorflow: " + e.getMessage(), e);
        }
    }

    /**
     * Of a model.
     *
     * @throws ConfigurationException if a value makes no sense, or names a device that is not there
     */
    static Placement placement(String model, ModelConfig config, TensorFlowOptions options) {
        String property = ModelNames.property(model, config.devices().isEmpty() ? "device" : "devices");
        try {
            Placement placement = Placement.of(config.device(), config.devices());
            if (!placement.equals(Placement.AUTO)) {
                placement.resolve(Devices.available(options));
            }
            return placement;
        } catch (IllegalArgumentException | ModelException e) {
            throw new ConfigurationException(property + ": " + e.getMessage(), e, Set.of(property));
        }
    }
}
