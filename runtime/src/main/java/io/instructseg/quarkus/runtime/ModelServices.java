package io.instructseg.quarkus.runtime;

import static io.instructseg.quarkus.runtime.InstructSegLog.LOG;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.instructseg.engine.session.Placement;
import io.instructseg.engine.session.TensorFlowOptions;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.ConfigurationException;

/** The active models and the device that they share. Owns all native state; closed when the application ends. */
public class ModelServices implements AutoCloseable {

    private final Map<String, ModelService> services = new LinkedHashMap<>();
    private final DeviceExecutor device = new DeviceExecutor("model");

    /**
     * Checks the configuration of all models before the first one loads.
     *
     * @param names the models that the application injects
     * @param listeners are told about requests
     * @throws ConfigurationException if a value makes no sense, or an active model is not where it should be
     */
    ModelServices(Set<String> names, InstructSegConfig config, List<RequestListener> listeners) {
        warnOfUnused(names, config);
        boolean resident = LaunchMode.current() != LaunchMode.NORMAL;
        Duration grace = config.shutdownTimeout();
        TensorFlowOptions options = PlacementSettings.options(config.tensorflow());
        List<Runnable> starts = new ArrayList<>();
        try {
            for (String name : names) {
                ModelConfig model = config.models().get(name);
                if (isActive(name, names, config)) {
                    Settings settings = Settings.of(name, model);
                    ModelLocation location = ModelLocation.of(name, model.model());
                    Placement placement = PlacementSettings.placement(name, model, options);
                    ModelLoader loader = new ModelLoader(location, placement, options, resident);
                    starts.add(() -> services.put(name, new ModelService(name, loader, settings, device, grace, listeners)));
                }
            }
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
        starts.forEach(Runnable::run);
    }

    /** Whoever names a model that nobody injects has mistyped it, maybe. */
    private static void warnOfUnused(Set<String> names, InstructSegConfig config) {
        config.models().forEach((name, model) -> {
            if (!names.contains(name) && model.model().isPresent()) {
                LOG.unused(ModelNames.property(name, "model"));
            }
        });
    }

    /**
     * A model is active if it is said to be, or has a location. The default one is also if there is no other: so it is asked
     * for when nothing is configured.
     */
    static boolean isActive(String name, Set<String> names, InstructSegConfig config) {
        ModelConfig model = config.models().get(name);
        Optional<Boolean> active = model.active();
        return active.orElse(model.model().isPresent() || !ModelNames.isDefault(name) || names.size() == 1);
    }

    /** The service of an active model. */
    public ModelService get(String name) {
        return services.get(name);
    }

    /** All active models. */
    public Collection<ModelService> all() {
        return services.values();
    }

    /** How long the device has been at the request that runs; zero if none does. */
    public Duration runningFor() {
        return device.runningFor();
    }

    @Override
    public void close() {
        services.values().forEach(ModelService::close);
        device.close();
    }
}
