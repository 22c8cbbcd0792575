package io.instructseg.format;

import java.util.List;
import java.util.Locale;

/** Checks of hyperparameters, which come from files that nobody vouches for. */
final class Checks {

    private static final int MAX_WIDTH = 1 << 18;

    private Checks() {
    }

    static void require(boolean condition, String message, Object... arguments) {
        if (!condition) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, message, arguments));
        }
    }

    static void range(String name, int value, int min, int max) {
        require(value >= min && value <= max, "%s is %d, must be %d to %d", name, value, min, max);
    }

    static void width(String name, int value) {
        range(name, value, 1, MAX_WIDTH);
    }

    static void divides(String name, int divisor, String wholeName, int whole) {
        require(divisor > 0 && whole % divisor == 0, "%s is %d, must divide %s, %d", name, divisor, wholeName, whole);
    }

    static void epsilon(String name, float value) {
        require(value > 0 && value < 1, "%s is %s, must be between 0 and 1", name, value);
    }

    static List<Integer> stages(String name, List<Integer> values) {
        require(values != null && values.size() == 4, "%s is %s, must have 4 values", name, values);
        return List.copyOf(values);
    }
}
