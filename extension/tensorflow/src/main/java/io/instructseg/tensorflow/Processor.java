package io.instructseg.tensorflow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine's processor, as Linux describes it.
 *
 * @param name what it calls itself; empty if it doesn't
 * @param instructions those that not every processor has, by the system's names: {@code avx2}, {@code bf16}
 */
public record Processor(String name, Set<String> instructions) {

    /** Its extensions in {@code cpuinfo}: of x86, of ARM. */
    private static final List<String> EXTENSIONS = List.of("flags", "Features");

    /** Instructions of x86 that multiply bfloat16, or bring it to float32 on the way. */
    private static final List<String> BFLOAT16 = List.of("avx512_bf16", "amx_bf16", "avx_ne_convert");

    /** This machine's; without name and instructions where the system does not tell. */
    public static Processor here() {
        return of(Path.of("/proc/cpuinfo"));
    }

    static Processor of(Path cpuinfo) {
        String text = read(cpuinfo);
        return new Processor(value(text, "model name"), EXTENSIONS.stream()
                .flatMap(extensions -> Stream.of(value(text, extensions).split(" "))).filter(word -> !word.isEmpty())
                .collect(Collectors.toUnmodifiableSet()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Of the first line {@code name : value}; the other cores' are the same. */
    private static String value(String text, String name) {
        return text.lines().filter(line -> line.startsWith(name)).map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst().orElse("");
    }

    /** Whether it is known to multiply bfloat16 slower than float32: an x86 processor without instructions for it. */
    public boolean lacksBfloat16() {
        return instructions.contains("sse2") && BFLOAT16.stream().noneMatch(instructions::contains);
    }
}
