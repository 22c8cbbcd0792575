package io.instructseg.quarkus.runtime;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.instructseg.engine.session.Device;
import io.instructseg.engine.session.ModelException;
import io.instructseg.engine.session.Placement;
import io.quarkus.runtime.configuration.ConfigurationException;

/** Where models run, from the configuration. */
final class PlacementSettings {

    private static final String AUTO = "auto";
    private static final String DEVICE = "device";
    private static final String DEVICES = "devices";
    private static final String REPLICAS = "replicas";

    private PlacementSettings() {
    }

    /**
     * Where each replica of a model runs.
     *
     * @throws ConfigurationException if a value makes no sense
     */
    static List<Placement> replicas(String model, ModelConfig config) {
        if (config.replicas().isPresent()) {
            return checked(ModelNames.property(model, REPLICAS), () -> replicas(config));
        }
        checked(ModelNames.property(model, DEVICE), () -> Placement.of(config.device()));
        config.devices().forEach((module, device) -> checked(ModelNames.property(model, DEVICES + "." + module),
                () -> Placement.of(AUTO, Map.of(module, device))));
        return List.of(Placement.of(config.device(), config.devices()));
    }

    private static List<Placement> replicas(ModelConfig config) {
        if (!config.device().equals(AUTO) || !config.devices().isEmpty()) {
            throw new IllegalArgumentException("found it together with " + (config.devices().isEmpty() ? DEVICE : DEVICES)
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
     * The devices that a replica of a model needs together.
     *
     * @param replicated whether {@code replicas} says where
     * @throws ConfigurationException if one of them is not there
     */
    static Set<Device> devices(String model, boolean replicated, Placement replica, Set<Device> available) {
        String property = replicated ? REPLICAS
                : replica.modules().entrySet().stream()
                        .filter(module -> module.getValue().filter(device -> !available.contains(device)).isPresent())
                        .map(module -> DEVICES + "." + module.getKey().key()).sorted().findFirst().orElse(DEVICE);
        return checked(ModelNames.property(model, property), () -> new TreeSet<>(replica.resolve(available).values()));
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
