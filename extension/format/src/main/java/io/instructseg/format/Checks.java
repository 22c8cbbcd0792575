package io.instructseg.format;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Checks of hyperparameters, which come from files that nobody vouches for. */
final class Checks {

    /** Six times the official model's widest layer; together with the layers it bounds the time that building a graph takes. */
    private static final int MAX_WIDTH = 1 << 16;
    private static final int MAX_LAYERS = 128;

    private Checks() {
    }

    static void require(boolean condition, String message, Object... arguments) {
        if (!condition) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, message, arguments));
        }
    }

    static void present(String name, Object value) {
        require(value != null, "%s is missing", name);
    }

    static void range(String name, int value, int min, int max) {
        require(value >= min && value <= max, "%s is %d, must be %d to %d", name, value, min, max);
    }

    static void width(String name, int value) {
        range(name, value, 1, MAX_WIDTH);
    }

    static void layers(String name, int value) {
        range(name, value, 1, MAX_LAYERS);
    }

    static void divides(String name, int divisor, String wholeName, int whole) {
        require(divisor > 0 && whole % divisor == 0, "%s is %d, must divide %s, %d", name, divisor, wholeName, whole);
    }

    static void epsilon(String name, float value) {
        require(value > 0 && value < 1, "%s is %s, must be between 0 and 1", name, value);
    }

    static List<Integer> stages(String name, List<Integer> values) {
        require(values != null && values.size() == 4 && values.stream().allMatch(Objects::nonNull),
                "%s is %s, must have 4 values", name, values);
        return List.copyOf(values);
    }
}
