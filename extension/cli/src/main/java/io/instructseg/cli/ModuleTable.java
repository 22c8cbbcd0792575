package io.instructseg.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Tensors, parameters and bytes of each module, and of all. */
final class ModuleTable {

    private static final String ROW = "%-16s%9s%17s%12s  %s";

    private final Map<Module, Row> rows = new EnumMap<>(Module.class);
    private final Row total = new Row();

    private static final class Row {
        int tensors;
        long parameters;
        long bytes;
        final TreeSet<String> types = new TreeSet<>();

        void add(long elements, long size, String type) {
            tensors++;
            parameters += elements;
            bytes += size;
            types.add(type);
        }

        String line(String label) {
            return String.format(Locale.ROOT, ROW, label, Units.count(tensors), Units.count(parameters),
                    Units.bytes(bytes), String.join(", ", types));
        }
    }

    void add(String weight, String type, long elements, long bytes) {
        rows.computeIfAbsent(Module.of(weight), module -> new Row()).add(elements, bytes, type);
        total.add(elements, bytes, type);
    }

    int tensors() {
        return total.tensors;
    }

    long parameters() {
        return total.parameters;
    }

    long bytes() {
        return total.bytes;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, ROW, "module", "tensors", "parameters", "bytes", "types"));
        rows.forEach((module, row) -> lines.add(row.line(module.label())));
        lines.add(total.line("total"));
        return lines;
    }
}
