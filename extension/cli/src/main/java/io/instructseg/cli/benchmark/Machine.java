package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import com.sun.management.OperatingSystemMXBean;

/**
 * The machine that is measured.
 *
 * @param processor what it calls itself
 * @param instructions of its, those that matrix products are made of
 * @param cores that this process may use
 * @param memory bytes
 */
record Machine(String processor, List<String> instructions, int cores, long memory, String system, String java) {

    private static final List<String> OF_PRODUCTS = List.of("avx2", "avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16",
            "amx_fp16", "asimd", "sve", "bf16");

    static Machine here() {
        String cpu = read(Path.of("/proc/cpuinfo"));
        List<String> flags = Arrays.asList((value(cpu, "flags") + value(cpu, "Features")).split(" "));
        String named = value(cpu, "model name");
        long memory = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return new Machine(named.isEmpty() ? "a processor that doesn't tell its name" : named,
                OF_PRODUCTS.stream().filter(flags::contains).toList(), Runtime.getRuntime().availableProcessors(), memory,
                property("os.name") + " " + property("os.version") + " " + property("os.arch"),
                property("java.vm.name") + " " + property("java.version"));
    }

    private static String property(String name) {
        return System.getProperty(name);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    /** Of the first line {@code name : value}. */
    private static String value(String text, String name) {
        return text.lines().filter(line -> line.startsWith(name)).map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst().orElse("");
    }

    /** In a line. */
    String words() {
        List<String> words = new ArrayList<>(List.of(cores + (cores == 1 ? " core of " : " cores of ") + processor
                + (instructions.isEmpty() ? "" : " (" + String.join(" ", instructions) + ")")));
        words.add(String.format(Locale.ROOT, "%.0f GB of memory", memory * 1e-9));
        words.add(system);
        words.add(java);
        return String.join(", ", words);
    }
}
