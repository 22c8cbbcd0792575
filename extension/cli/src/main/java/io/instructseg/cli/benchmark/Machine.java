package io.instructseg.cli.benchmark;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.sun.management.OperatingSystemMXBean;

import io.instructseg.tensorflow.Processor;

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
        Processor processor = Processor.here();
        long memory = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return new Machine(processor.name().isEmpty() ? "a processor that doesn't tell its name" : processor.name(),
                OF_PRODUCTS.stream().filter(processor.instructions()::contains).toList(),
                Runtime.getRuntime().availableProcessors(), memory,
                property("os.name") + " " + property("os.version") + " " + property("os.arch"),
                property("java.vm.name") + " " + property("java.version"));
    }

    private static String property(String name) {
        return System.getProperty(name);
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
