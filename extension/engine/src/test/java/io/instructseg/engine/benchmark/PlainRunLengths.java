package io.instructseg.engine.benchmark;

import java.util.ArrayList;
import java.util.List;

import io.instructseg.engine.mask.Mask;
import io.instructseg.engine.mask.RunLengthEncoding;

/** COCO's run lengths, pixel by pixel. */
final class PlainRunLengths {

    private PlainRunLengths() {
    }

    /** Runs of the columns, not yet packed into text. */
    static List<Integer> count(Mask mask) {
        List<Integer> counts = new ArrayList<>();
        boolean inside = false;
        int run = 0;
        for (int x = 0; x < mask.width(); x++) {
            for (int y = 0; y < mask.height(); y++) {
                if (mask.get(x, y) != inside) {
                    counts.add(run);
                    run = 0;
                    inside = !inside;
                }
                run++;
            }
        }
        counts.add(run);
        return counts;
    }

    static Mask decode(RunLengthEncoding runs) {
        boolean[] values = new boolean[runs.width() * runs.height()];
        int pixel = 0;
        boolean inside = false;
        for (int run : unpack(runs.counts())) {
            for (int i = 0; i < run; i++, pixel++) {
                values[pixel % runs.height() * runs.width() + pixel / runs.height()] = inside;
            }
            inside = !inside;
        }
        return Mask.of(runs.width(), runs.height(), values);
    }

    private static List<Integer> unpack(String text) {
        List<Integer> counts = new ArrayList<>();
        for (int at = 0; at < text.length();) {
            int value = 0;
            int shift = 0;
            int bits = 0x20;
            while ((bits & 0x20) != 0) {
                bits = text.charAt(at++) - 48;
                value |= (bits & 0x1f) << shift;
                shift += 5;
            }
            value |= (bits & 0x10) != 0 ? -1 << shift : 0;
            int index = counts.size();
            counts.add(index > 2 ? value + counts.get(index - 2) : value);
        }
        return counts;
    }
}
