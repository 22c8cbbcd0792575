package io.instructseg.engine.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Letters, numbers and white space as the official tokenizer's regular expression sees them. A table of its own, because
 * {@code \p{L}} and {@link Character} follow the Unicode version of the Java runtime, which differs from release to release.
 */
final class CodePointClasses {

    enum Kind {
        LETTER,
        NUMBER,
        WHITESPACE,
        OTHER
    }

    private record Range(int first, int last, Kind kind) {
    }

    private static final String RESOURCE = "codepoint-classes.txt";
    private static final Range[] RANGES = load();
    private static final int[] STARTS = Arrays.stream(RANGES).mapToInt(Range::first).toArray();

    private CodePointClasses() {
    }

    static Kind of(int codePoint) {
        int found = Arrays.binarySearch(STARTS, codePoint);
        int index = found >= 0 ? found : -found - 2;
        return index >= 0 && codePoint <= RANGES[index].last ? RANGES[index].kind : Kind.OTHER;
    }

    /** Lines of a class and its ranges in hexadecimal: {@code number 30-39 B2-B3 B9}. */
    private static Range[] load() {
        TreeMap<Integer, Range> ranges = new TreeMap<>();
        for (String line : lines()) {
            String[] words = line.split(" ");
            Kind kind = Kind.valueOf(words[0].toUpperCase(Locale.ROOT));
            for (String word : List.of(words).subList(1, words.length)) {
                String[] ends = word.split("-");
                int first = Integer.parseInt(ends[0], 16);
                ranges.put(first, new Range(first, Integer.parseInt(ends[ends.length - 1], 16), kind));
            }
        }
        return ranges.values().toArray(Range[]::new);
    }

    private static List<String> lines() {
        try (InputStream in = CodePointClasses.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("The resource " + RESOURCE + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
