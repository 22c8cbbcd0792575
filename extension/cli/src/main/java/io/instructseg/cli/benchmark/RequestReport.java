package io.instructseg.cli.benchmark;

import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What many requests did to the process' memory, in bytes.
 *
 * @param seconds for all of them
 * @param resident readings in equal distances, the last one behind the last request
 * @param growth from the end of the first third on: the median of the last third's readings less the median of the second's
 * @param limit of the growth
 */
public record RequestReport(Conditions conditions, int requests, double seconds, List<Long> resident, long growth,
        long limit) implements Report {

    static RequestReport of(Conditions conditions, int requests, double seconds, List<Long> resident) {
        int third = Math.max(1, resident.size() / 3);
        List<Long> second = resident.subList(Math.min(third, resident.size() - 1),
                Math.max(resident.size() - third, third + 1));
        long settled = median(second);
        long last = median(resident.subList(resident.size() - third, resident.size()));
        return new RequestReport(conditions, requests, seconds, resident, last - settled, limit(settled));
    }

    private static long median(List<Long> readings) {
        return (long) Samples.median(readings.stream().map(Long::doubleValue).toList());
    }

    /**
     * What an allocator may keep or give back from one reading to the next: 2 %. So a leak is found only if a third of the
     * requests makes more of it. Of 570 MB, 300 requests find one of some 110 kB a request, 10,000 one of some 3 kB.
     */
    private static long limit(long settled) {
        return settled / 50;
    }

    /** Whether memory stayed flat. */
    public boolean flat() {
        return growth <= limit;
    }

    @Override
    public String text() {
        int third = resident.size() / 3;
        return String.join(System.lineSeparator(), conditions.words(), "",
                String.format(Locale.ROOT, "%,d requests in %.0f s: %.1f ms each", requests, seconds, seconds / requests * 1e3),
                String.format(Locale.ROOT,
                        "resident memory, MB: %s after the first, %s after a third, %s after two thirds, %s at the end",
                        Reports.megabytes(resident.get(0)), Reports.megabytes(resident.get(third)),
                        Reports.megabytes(resident.get(2 * third)), Reports.megabytes(resident.get(resident.size() - 1))),
                String.format(Locale.ROOT, "grown by %s MB from the second third to the last, at most %s MB (2 %%) allowed: %s",
                        Reports.megabytes(growth), Reports.megabytes(limit), flat() ? "flat" : "it leaks"));
    }

    @Override
    public ObjectNode json() {
        return Reports.json(this);
    }
}
