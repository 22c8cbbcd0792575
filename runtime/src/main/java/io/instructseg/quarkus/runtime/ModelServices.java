package io.instructseg.quarkus.runtime;

import static io.instructseg.quarkus.runtime.InstructSegLog.LOG;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.instructseg.engine.session.Device;
import io.instructseg.engine.session.Devices;
import io.instructseg.engine.session.LoadOptions;
import io.instructseg.engine.session.Placement;
import io.instructseg.engine.session.TensorFlowOptions;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.ConfigurationException;

/** The active models and the devices that they share. Owns all native state; closed when the application ends. */
public class ModelServices implements AutoCloseable {

    private final Map<String, ModelService> services = new LinkedHashMap<>();
    private final DeviceExecutors devices;
    private final TensorFlowOptions options;

    /**
     * Checks the configuration of all models before the first one loads.
     *
     * @param names the models that the application injects
     * @param listeners are told about requests
     * @throws ConfigurationException if a value makes no sense, or an active model or its device is not where it should be
     */
    ModelServices(Set<String> names, InstructSegConfig config, List<RequestListener> listeners) {
        Settings.check(config);
        warnOfUnused(names, config);
        options = TensorFlowSettings.of(config.tensorflow());
        List<ModelPlan> plans = names.stream().filter(name -> isActive(name, names, config))
                .map(name -> ModelPlan.of(name, config.models().get(name))).toList();
        Map<Placement, Set<Device>> needs = needs(plans, options);
        QueueLock lock = new QueueLock();
        devices = new DeviceExecutors(needs.values(), lock);
        for (ModelPlan plan : plans) {
            List<Replica> replicas = plan.replicas().stream()
                    .map(replica -> new Replica(loader(plan, replica, options), devices.of(needs.get(replica)))).toList();
            services.put(plan.name(), new ModelService(plan, replicas, lock, config.shutdownTimeout(), listeners));
        }
    }

    private static ModelLoader loader(ModelPlan plan, Placement replica, TensorFlowOptions options) {
        return new ModelLoader(plan.location(), new LoadOptions(replica, options, plan.settings().memoryCheck()),
                LaunchMode.current() != LaunchMode.NORMAL);
    }

    /** The devices of each replica. TensorFlow, which takes its time to start, is only asked for them if they can differ. */
    private static Map<Placement, Set<Device>> needs(List<ModelPlan> plans, TensorFlowOptions options) {
        if (plans.stream().allMatch(ModelPlan::isAutomatic)) {
            return Map.of(Placement.AUTO, Set.of());
        }
        Set<Device> available = Devices.available(options);
        Map<Placement, Set<Device>> needs = new HashMap<>();
        plans.forEach(plan -> plan.replicas()
                .forEach(replica -> needs.computeIfAbsent(replica, some -> plan.devices(some, available))));
        return needs;
    }

    /** Whoever names a model that nobody injects has mistyped it, maybe. */
    private static void warnOfUnused(Set<String> names, InstructSegConfig config) {
        config.models().forEach((name, model) -> {
            if (!names.contains(name)) {
                LOG.unused(ModelNames.property(name, model.model().isPresent() ? "model" : "*"));
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

    /** What the machine has for models; TensorFlow is asked, which takes a moment. */
    public Set<Device> availableDevices() {
        return Devices.available(options);
    }

    /** How long what has been running longest on a device has been running; zero if nothing does. */
    public Duration runningFor() {
        return devices.runningFor();
    }

    @Override
    public void close() {
        services.values().forEach(ModelService::close);
        devices.close();
    }
}
