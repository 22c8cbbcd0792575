package io.instructseg.engine.session;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.instructseg.format.Signature;

/**
 * On which devices the modules of a model run; a module is what a {@link Signature} computes, and its weights. Prefill and
 * decode have nearly all of theirs from reason and run where that runs: they have no device of their own.
 *
 * @param device for the modules that have none of their own; empty for {@code auto}: the first GPU if there is one, else the
 *        CPU
 * @param modules with a device of their own; empty is {@code auto}, too
 */
public record Placement(Optional<Device> device, Map<Signature, Optional<Device>> modules) {

    /** Everything on the first GPU, or on the CPU where there is none. */
    public static final Placement AUTO = new Placement(Optional.empty(), Map.of());

    public Placement {
        modules = Map.copyOf(modules);
    }

    /**
     * All modules on one device.
     *
     * @param device {@code auto}, {@code cpu}, {@code gpu}, or one of several such as {@code gpu:1}
     * @throws IllegalArgumentException if it is none of these
     */
    public static Placement of(String device) {
        return of(device, Map.of());
    }

    /**
     * @param device as {@link #of(String)} takes it
     * @param modules the same for modules, by the keys of their signatures, such as {@code encode_vision}
     * @throws IllegalArgumentException if there is no such device or module; the message names the module
     */
    public static Placement of(String device, Map<String, String> modules) {
        Map<Signature, Optional<Device>> own = new EnumMap<>(Signature.class);
        modules.forEach((key, name) -> {
            try {
                own.put(module(key), parse(name));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("module " + key + ": " + e.getMessage(), e);
            }
        });
        return new Placement(parse(device), own);
    }

    private static Signature module(String key) {
        if (Arrays.stream(Signature.values()).anyMatch(signature -> signature.key().equals(key) && !isModule(signature))) {
            throw new IllegalArgumentException("it has no device of its own, but runs where reason does");
        }
        return Signature.required().stream().filter(signature -> signature.key().equals(key)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such module, expected one of "
                        + Signature.required().stream().map(Signature::key).collect(Collectors.joining(", "))));
    }

    private static boolean isModule(Signature signature) {
        return Signature.required().contains(signature);
    }

    /** What is asked for a module; empty is {@code auto}. */
    public Optional<Device> wanted(Signature module) {
        return modules.getOrDefault(isModule(module) ? module : Signature.REASON, device);
    }

    private static Optional<Device> parse(String name) {
        return name.equals("auto") ? Optional.empty() : Optional.of(Device.of(name));
    }

    /**
     * The device of each module.
     *
     * @param available what there is, see {@link Devices#available}
     * @throws ModelException if a device that is asked for is not there; the message lists what is, and why there is
     *         no GPU at all
     */
    public Map<Signature, Device> resolve(Collection<Device> available) throws ModelException {
        Map<Signature, Device> resolved = new EnumMap<>(Signature.class);
        for (Signature module : Signature.values()) {
            Optional<Device> wanted = wanted(module);
            if (wanted.isPresent() && !available.contains(wanted.get())) {
                throw new ModelException(missing(module, wanted.get(), available));
            }
            resolved.put(module, wanted.orElseGet(() -> automatic(available)));
        }
        return resolved;
    }

    private static Device automatic(Collection<Device> available) {
        return available.stream().filter(found -> found.type() == Device.Type.GPU).min(Device::compareTo).orElse(Device.CPU);
    }

    private String missing(Signature module, Device wanted, Collection<Device> available) {
        String whose = modules.containsKey(module) ? " for module " + module.key() : "";
        String message = "there is no device " + wanted + whose + ", TensorFlow has "
                + available.stream().sorted().map(Device::toString).collect(Collectors.joining(", "));
        boolean noGpu = available.stream().allMatch(device -> device.type() == Device.Type.CPU);
        return wanted.type() == Device.Type.GPU && noGpu ? message + ": " + Devices.whyNoGpu() : message;
    }
}
