package io.instructseg.cli.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What loading takes, in seconds, and what it leaves in memory, in bytes.
 *
 * @param disk what reading the files takes
 * @param loads one after the other
 */
public record LoadReport(Conditions conditions, DiskRead disk, List<Load> loads) implements Report {

    /**
     * A model that was loaded, answered about a picture twice and was unloaded.
     *
     * @param answer the first one
     * @param before resident memory, when nothing of it was there
     * @param most while it was there
     * @param back of what it took at most, the share that came back
     */
    public record Load(double seconds, double answer, long before, long loaded, long most, long unloaded, double back) {

        static Load of(double seconds, double answer, long before, long loaded, long most, long unloaded) {
            double back = most > before ? (double) (most - unloaded) / (most - before) : 1;
            return new Load(seconds, answer, before, loaded, most, unloaded, back);
        }
    }

    @Override
    public String text() {
        List<String> lines = new ArrayList<>(List.of(conditions.words(), ""));
        lines.add(disk.seconds() > 0
                ? String.format(Locale.ROOT, "reading %,.1f MB of files from the disk: %.2f s", disk.bytes() * 1e-6,
                        disk.seconds())
                : String.format(Locale.ROOT, "%,.1f MB of files, on a file system whose disk can't be read by itself",
                        disk.bytes() * 1e-6));
        lines.add("");
        lines.add(String.format("%-6s%10s%12s%16s%12s%12s%12s%14s%10s", "", "load, s", "/ reading", "first answer, s",
                "before, MB", "loaded", "most", "unloaded", "back, %"));
        for (int i = 0; i < loads.size(); i++) {
            Load load = loads.get(i);
            lines.add(String.format(Locale.ROOT, "%-6s%10.2f%12s%16.2f%12s%12s%12s%14s%10.1f", i + 1, load.seconds(),
                    disk.seconds() > 0 ? String.format(Locale.ROOT, "%.2f", load.seconds() / disk.seconds()) : "-",
                    load.answer(), Reports.megabytes(load.before()), Reports.megabytes(load.loaded()),
                    Reports.megabytes(load.most()), Reports.megabytes(load.unloaded()), 100 * load.back()));
        }
        return String.join(System.lineSeparator(), lines);
    }

    @Override
    public ObjectNode json() {
        return Reports.json(this);
    }
}
