package io.instructseg.it.rest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process holds, in MB of a million bytes.
 *
 * @param heap alive on the Java heap
 * @param resident of the process; 0 where Linux' /proc is not
 */
record ProcessMemory(double heap, double resident) {

    private static final Path STATUS = Path.of("/proc/self/status");

    /** After the garbage is collected, finalizers and cleaners included. */
    static ProcessMemory now() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return new ProcessMemory(heap / 1e6, residentKilobytes() * 1024 / 1e6);
    }

    private static long residentKilobytes() {
        try {
            return Files.exists(STATUS) ? Files.readAllLines(STATUS).stream().filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
