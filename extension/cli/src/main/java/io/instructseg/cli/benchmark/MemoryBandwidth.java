package io.instructseg.cli.benchmark;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** How fast all cores together read memory: they add up the numbers of an array that is larger than their caches. */
final class MemoryBandwidth {

    private static final int ELEMENT = Long.BYTES;
    private static final long MOST_BYTES = 512 << 20;
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final long[][] parts;

    /** Takes 512 MB of the Java heap, or a quarter of it if that is less. */
    MemoryBandwidth() {
        long bytes = Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 4);
        int cores = Runtime.getRuntime().availableProcessors();
        parts = new long[4 * cores][(int) (bytes / ELEMENT / (4 * cores))];
        for (long[] part : parts) {
            // or the system would give one page for all of them
            Arrays.setAll(part, i -> i);
        }
    }

    /** What it takes of the Java heap. */
    long bytes() {
        return (long) parts.length * parts[0].length * ELEMENT;
    }

    /** Reads it again and again for a moment: bytes a second of the fastest time, which is what a floor stands on. */
    double rate() {
        double fastest = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < NANOS) {
            fastest = Math.max(fastest, readOnce());
        }
        return fastest;
    }

    private double readOnce() {
        long start = System.nanoTime();
        long sum = Arrays.stream(parts).parallel().mapToLong(MemoryBandwidth::sum).sum();
        double seconds = (System.nanoTime() - start) * 1e-9;
        long length = parts[0].length;
        if (sum != parts.length * (length * (length - 1) / 2)) {
            throw new IllegalStateException("the sum of " + parts.length * length + " numbers is wrong");
        }
        return bytes() / seconds;
    }

    /** Four sums side by side, so that no addition waits for the one before. */
    private static long sum(long[] values) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        for (; i < values.length; i++) {
            a += values[i];
        }
        return a + b + c + d;
    }
}
