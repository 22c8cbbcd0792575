package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Resident memory of this process in bytes; Linux tells. */
final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path FORGET = Path.of("/proc/self/clear_refs");

    private ResidentMemory() {
    }

    static OptionalLong now() {
        return read("VmRSS:");
    }

    /**
     * Without Java's garbage: Java touches ever more of its heap until it collects, which is no leak.
     *
     * @throws IOException if the system does not tell
     */
    static long afterCollecting() throws IOException {
        System.gc();
        return now().orElseThrow(() -> new IOException("this system does not tell a process' resident memory"));
    }

    /** The most since {@link #forgetPeak}, or since the process began where the system doesn't let it be forgotten. */
    static OptionalLong peak() {
        return read("VmHWM:");
    }

    static void forgetPeak() {
        try {
            Files.writeString(FORGET, "5");
        } catch (IOException e) {
            // then the peak is that of the whole process, which is no less
        }
    }

    private static OptionalLong read(String field) {
        try {
            return Files.readAllLines(STATUS).stream().filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
