package io.instructseg.quarkus.runtime;

import java.util.List;
import java.util.Set;

import io.instructseg.engine.session.Device;
import io.instructseg.engine.session.Placement;
import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The configuration of an active model, checked.
 *
 * @param name how the application calls it
 * @param replicas where each of them runs
 * @param replicated whether {@code replicas} says so
 */
record ModelPlan(String name, Settings settings, ModelLocation location, List<Placement> replicas, boolean replicated) {

    /** @throws ConfigurationException if a value makes no sense, or the model is not where it should be */
    static ModelPlan of(String name, ModelConfig config) {
        Settings settings = Settings.of(name, config);
        ModelLocation location = ModelLocation.of(name, config.model());
        return new ModelPlan(name, settings, location, PlacementSettings.replicas(name, config),
                config.replicas().isPresent());
    }

    /** Whether TensorFlow's first device is the model's, whatever it is. */
    boolean isAutomatic() {
        return replicas.equals(List.of(Placement.AUTO));
    }

    /**
     * The devices that a replica needs together.
     *
     * @throws ConfigurationException if one is not there
     */
    Set<Device> devices(Placement replica, Set<Device> available) {
        return PlacementSettings.devices(name, replicated, replica, available);
    }
}
