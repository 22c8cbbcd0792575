package io.instructseg.quarkus.runtime.dev;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.instructseg.engine.session.Device;
import io.instructseg.engine.session.Devices;
import io.instructseg.format.Signature;
import io.instructseg.quarkus.runtime.InstructSegConfig;
import io.instructseg.quarkus.runtime.ModelConfig;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.ModelService;
import io.instructseg.quarkus.runtime.ModelServices;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;

/** What the Dev UI tells about models and devices, over JSON-RPC. */
@ApplicationScoped
public class DevUiModels {

    private static final String MAX_BODY_SIZE = "quarkus.http.limits.max-body-size";

    @Inject
    ModelServices services;

    @Inject
    InstructSegConfig config;

    @Inject
    VertxHttpConfig http;

    /** The active models, as they are now, the default one first. */
    public List<Model> models() {
        return services.all().stream().sorted(Comparator.comparing(ModelService::name)).map(this::model).toList();
    }

    private Model model(ModelService service) {
        String name = service.name();
        ModelConfig settings = config.models().get(name);
        return new Model(name, lowerCase(service.status().state()), service.status().reason(), service.location(),
                service.placements().stream().map(DevUiModels::modules).toList(), service.waiting(), service.queueCapacity(),
                service.running().stream().map(Duration::toMillis).toList(),
                lowerCase(settings.task()), pictureLimit(name, settings.image().maxBytes()));
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** By the modules' names, in the order in which they run. */
    private static List<Module> modules(Map<Signature, Device> placement) {
        return new TreeMap<>(placement).entrySet().stream()
                .map(module -> new Module(module.getKey().key(), module.getValue().toString())).toList();
    }

    /** A picture comes as a body, which Quarkus has a limit for, too. */
    private PictureLimit pictureLimit(String model, MemorySize picture) {
        long most = picture.asLongValue();
        long body = http.limits().maxBodySize().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE);
        return body < most ? new PictureLimit(body, MAX_BODY_SIZE)
                : new PictureLimit(most, ModelNames.property(model, "image.max-bytes"));
    }

    /** What the machine has; TensorFlow is asked, which takes a moment. */
    public Machine machine() {
        Set<Device> devices = services.availableDevices();
        boolean noGpu = devices.stream().allMatch(device -> device.type() == Device.Type.CPU);
        return new Machine(devices.stream().map(Device::toString).toList(), noGpu ? Devices.whyNoGpu() : "");
    }

    /**
     * An active model.
     *
     * @param state in lower case
     * @param reason why it is not ready, as {@link ModelStatus} has it
     * @param replicas that are loaded, each with its modules
     * @param runningMillis how long each request that runs has been running
     * @param task of sentences that come without one
     */
    public record Model(String name, String state, String reason, String location, List<List<Module>> replicas,
            int waiting, int queueCapacity, List<Long> runningMillis, String task, PictureLimit pictureLimit) {
    }

    /** A module of a model and where it runs. */
    public record Module(String name, String device) {
    }

    /** The largest picture in bytes, and the property that can change it. */
    public record PictureLimit(long bytes, String property) {
    }

    /** @param whyNoGpu empty if there is one */
    public record Machine(List<String> devices, String whyNoGpu) {
    }
}
