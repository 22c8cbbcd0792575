package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The memory that this process can still take: what the machine has available, and what the limits of its control groups (a
 * container's among them) leave. Pages of files count as free, the system gives them up. Linux tells.
 *
 * @param bytes that are free
 * @param where for a person to read: {@code on this machine}, {@code within the limit of 8.00 GB of /sys/fs/cgroup}
 */
record FreeMemory(long bytes, String where) {

    private static final Path SYSTEM = Path.of("/");

    /** Empty where the system does not tell. */
    static Optional<FreeMemory> now() {
        return of(SYSTEM);
    }

    /** @param root below which {@code proc} and {@code sys} are */
    static Optional<FreeMemory> of(Path root) {
        OptionalLong machine = field(root.resolve("proc/meminfo"), "MemAvailable:");
        if (machine.isEmpty()) {
            return Optional.empty();
        }
        FreeMemory free = new FreeMemory(machine.getAsLong() * 1024, "on this machine");
        for (Path group : groups(root)) {
            free = group(group, free);
        }
        return Optional.of(free);
    }

    /** Those that hold for this process, the parents, too: version 2 and the memory controller's of version 1. */
    private static List<Path> groups(Path root) {
        Path mount = root.resolve("sys/fs/cgroup");
        return lines(root.resolve("proc/self/cgroup")).flatMap(line -> {
            String[] parts = line.split(":", 3);
            boolean second = line.startsWith("0::");
            if (parts.length < 3 || !second && !List.of(parts[1].split(",")).contains("memory")) {
                return Stream.empty();
            }
            Path top = second ? mount : mount.resolve("memory");
            // in a container, the group's path can be that of the machine: then the top is the container's
            Path own = top.resolve(Path.of("/").relativize(Path.of(parts[2]).normalize())).normalize();
            return Stream.iterate(own, group -> group != null && group.startsWith(top), Path::getParent);
        }).toList();
    }

    /** What a group leaves, if that is less. */
    private static FreeMemory group(Path group, FreeMemory other) {
        boolean second = Files.exists(group.resolve("memory.max"));
        OptionalLong limit = number(group.resolve(second ? "memory.max" : "memory.limit_in_bytes"));
        OptionalLong used = number(group.resolve(second ? "memory.current" : "memory.usage_in_bytes"));
        if (limit.isEmpty() || used.isEmpty()) {
            return other;
        }
        Path statistics = group.resolve("memory.stat");
        String prefix = second ? "" : "total_";
        long files = field(statistics, prefix + "inactive_file").orElse(0)
                + field(statistics, prefix + "active_file").orElse(0);
        long free = Math.max(0, limit.getAsLong() - Math.max(0, used.getAsLong() - files));
        return free < other.bytes ? new FreeMemory(free, "within the limit of " + MemoryNeed.gigabytes(limit.getAsLong())
                + " of " + group) : other;
    }

    /** A file with one number; version 2 writes {@code max} for none. */
    private static OptionalLong number(Path file) {
        return lines(file).limit(1).filter(line -> line.matches("\\d{1,18}")).mapToLong(Long::parseLong).findFirst();
    }

    /** The number behind a name. */
    private static OptionalLong field(Path file, String name) {
        return lines(file).map(line -> line.trim().split("\\s+"))
                .filter(parts -> parts.length > 1 && parts[0].equals(name) && parts[1].matches("\\d{1,18}"))
                .mapToLong(parts -> Long.parseLong(parts[1])).findFirst();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
