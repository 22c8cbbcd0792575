package io.instructseg.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files as Linux writes them. */
class FreeMemoryTest {

    private static final long GIB = 1L << 30;

    @TempDir
    Path root;

    @Test
    void aMachineWithoutLimits() throws IOException {
        write("proc/meminfo", "MemTotal:       32000000 kB\nMemFree:         1000000 kB\nMemAvailable:   16777216 kB\n");
        assertThat(FreeMemory.of(root)).hasValue(new FreeMemory(16 * GIB, "on this machine"));
        write("proc/self/cgroup", "0::/user.slice\n");
        write("sys/fs/cgroup/user.slice/memory.max", "max\n");
        write("sys/fs/cgroup/user.slice/memory.current", "123456789\n");
        assertThat(FreeMemory.of(root)).hasValue(new FreeMemory(16 * GIB, "on this machine"));
    }

    /** What files take of the limit, the system gives up. */
    @Test
    void aContainer() throws IOException {
        write("proc/meminfo", "MemAvailable:   16777216 kB\n");
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.max", 8 * GIB + "\n");
        write("sys/fs/cgroup/memory.current", 7 * GIB + "\n");
        write("sys/fs/cgroup/memory.stat", "anon " + GIB + "\nfile " + 6 * GIB + "\ninactive_file " + 4 * GIB
                + "\nactive_file " + GIB + "\n");
        assertThat(FreeMemory.of(root)).hasValueSatisfying(free -> {
            assertThat(free.bytes()).isEqualTo(6 * GIB);
            assertThat(free.where()).isEqualTo("within the limit of 8.59 GB of " + root.resolve("sys/fs/cgroup"));
        });
    }

    /** The narrowest limit holds, a parent's, too. */
    @Test
    void nestedGroups() throws IOException {
        write("proc/meminfo", "MemAvailable:   16777216 kB\n");
        write("proc/self/cgroup", "0::/pod/container\n");
        write("sys/fs/cgroup/pod/container/memory.max", 6 * GIB + "\n");
        write("sys/fs/cgroup/pod/container/memory.current", GIB + "\n");
        write("sys/fs/cgroup/pod/memory.max", 4 * GIB + "\n");
        write("sys/fs/cgroup/pod/memory.current", GIB + "\n");
        assertThat(FreeMemory.of(root).orElseThrow().bytes()).isEqualTo(3 * GIB);
    }

    /** Version 1; in a container, the group is below the machine's path in one file and at the top of the other. */
    @Test
    void theFirstVersion() throws IOException {
        write("proc/meminfo", "MemAvailable:   16777216 kB\n");
        write("proc/self/cgroup", "12:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", 2 * GIB + "\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", 2 * GIB + "\n");
        write("sys/fs/cgroup/memory/memory.stat", "inactive_file 1\ntotal_inactive_file " + GIB + "\n");
        assertThat(FreeMemory.of(root).orElseThrow().bytes()).isEqualTo(GIB);
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(FreeMemory.of(root).orElseThrow().where()).isEqualTo("on this machine");
    }

    @Test
    void whereNobodyTells() throws IOException {
        assertThat(FreeMemory.of(root)).isEmpty();
        write("proc/meminfo", "MemAvailable: lots\n");
        assertThat(FreeMemory.of(root)).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisMachine() {
        assertThat(FreeMemory.now()).hasValueSatisfying(free -> assertThat(free.bytes()).isPositive());
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }
}
