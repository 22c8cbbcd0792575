package io.instructseg.quarkus.runtime;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.instructseg.engine.session.Device;
import io.instructseg.engine.session.ModelException;
import io.instructseg.engine.session.Placement;
import io.quarkus.runtime.configuration.ConfigurationException;

/** Where models run, from the configuration. */
final class PlacementSettings {

    private static final String AUTO = "auto";

    private PlacementSettings() {
    }

    /** Which property of a model says where it runs. */
    static String property(String model, ModelConfig config) {
        if (config.replicas().isPresent()) {
            return ModelNames.property(model, "replicas");
        }
        return ModelNames.property(model, config.devices().isEmpty() ? "device" : "devices");
    }

    /**
     * Where each replica of a model runs.
     *
     * @throws ConfigurationException if a value makes no sense
     */
    static List<Placement> replicas(String model, ModelConfig config) {
        return checked(property(model, config), () -> config.replicas().isPresent() ? replicas(config)
                : List.of(Placement.of(config.device(), config.devices())));
    }

    private static List<Placement> replicas(ModelConfig config) {
        if (!config.device().equals(AUTO) || !config.devices().isEmpty()) {
            throw new IllegalArgumentException("found it together with " + (config.devices().isEmpty() ? "device" : "devices")
                    + ", expected one of the two: a replica is on one device, and these are its devices");
        }
        List<Placement> replicas = config.replicas().orElseThrow().stream().map(Placement::of).toList();
        for (Placement replica : replicas) {
            if (replica.equals(Placement.AUTO) || Collections.frequency(replicas, replica) > 1) {
                throw new IllegalArgumentException("found " + String.join(",", config.replicas().orElseThrow())
                        + ", expected devices that differ, such as gpu:0,gpu:1");
            }
        }
        return replicas;
    }

    /**
     * The devices that a replica needs together.
     *
     * @param property that says so
     * @throws ConfigurationException if one of them is not there
     */
    static Set<Device> devices(String property, Placement replica, Set<Device> available) {
        return checked(property, () -> new TreeSet<>(replica.resolve(available).values()));
    }

    private static <T> T checked(String property, Check<T> check) {
        try {
            return check.get();
        } catch (IllegalArgumentException | ModelException e) {
            throw new ConfigurationException(property + ": " + e.getMessage(), e, Set.of(property));
        }
    }

    private interface Check<T> {

        T get() throws ModelException;
    }
}
