package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.instructseg.engine.session.Device;

/**
 * A thread for each device. Devices that a model needs together have one thread, and what else runs on them takes turns with
 * it; models without a common device run side by side.
 */
final class DeviceExecutors implements AutoCloseable {

    private final Map<Set<Device>, DeviceExecutor> executors = new LinkedHashMap<>();

    /** @param needs for each model, the devices that it needs together; nothing if all models are on the same */
    DeviceExecutors(Collection<Set<Device>> needs, QueueLock lock) {
        for (Set<Device> group : groups(needs)) {
            executors.put(group, new DeviceExecutor(name(group), lock));
        }
    }

    private static String name(Set<Device> group) {
        return group.isEmpty() ? "device" : group.stream().map(Device::toString).collect(Collectors.joining("+"));
    }

    /** Sets that have a device in common become one, until none have. */
    static List<Set<Device>> groups(Collection<Set<Device>> needs) {
        List<Set<Device>> groups = new ArrayList<>();
        for (Set<Device> need : needs) {
            Set<Device> merged = new TreeSet<>(need);
            groups.stream().filter(group -> group.stream().anyMatch(need::contains)).forEach(merged::addAll);
            groups.removeIf(merged::containsAll);
            groups.add(merged);
        }
        return groups;
    }

    /** The thread of some devices that a model needs together. */
    DeviceExecutor of(Set<Device> devices) {
        return executors.entrySet().stream().filter(entry -> entry.getKey().containsAll(devices)).findFirst().orElseThrow()
                .getValue();
    }

    /** How long what has been running longest has been running; zero if nothing does. */
    Duration runningFor() {
        return executors.values().stream().map(DeviceExecutor::runningFor).max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        executors.values().forEach(DeviceExecutor::close);
    }
}
