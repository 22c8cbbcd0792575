package io.instructseg.conversion;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** What the shapes of a checkpoint's weights tell about the model. */
final class WeightShapes {

    private final Map<String, List<Long>> shapes;

    WeightShapes(Map<String, List<Long>> shapes) {
        this.shapes = shapes;
    }

    /** Size of an axis of a weight, if there is such a one. */
    OptionalInt size(String weight, int axis) {
        List<Long> shape = shapes.get(weight);
        if (shape == null || shape.size() <= axis || shape.get(axis) > Integer.MAX_VALUE) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(shape.get(axis).intValue());
    }

    /** Size of an axis of a weight that is made of so many equal parts, if it is. */
    OptionalInt part(String weight, int axis, int parts) {
        OptionalInt size = size(weight, axis);
        boolean divides = size.isPresent() && parts > 0 && size.getAsInt() % parts == 0;
        return divides ? OptionalInt.of(size.getAsInt() / parts) : OptionalInt.empty();
    }

    /** Layers of a numbered list: how many of {@code prefix.0.suffix}, {@code prefix.1.suffix}, .. there are. */
    OptionalInt count(String prefix, String suffix) {
        int count = 0;
        while (shapes.containsKey(prefix + "." + count + "." + suffix)) {
            count++;
        }
        return count == 0 ? OptionalInt.empty() : OptionalInt.of(count);
    }

    /** The window {@code w} of a bias table with {@code (2w - 1)^2} rows. */
    OptionalInt window(String biasTable) {
        OptionalInt rows = size(biasTable, 0);
        if (rows.isEmpty()) {
            return rows;
        }
        int side = (int) Math.round(Math.sqrt(rows.getAsInt()));
        return OptionalInt.of((side + 1) / 2);
    }
}
