package io.instructseg.conversion;

import java.util.List;
import java.util.regex.Pattern;

import io.instructseg.format.Precision;

/**
 * How to convert.
 *
 * @param precision of the model's matrices
 * @param ignored names of weights that the model does not use but the checkpoint may have
 */
public record ConversionOptions(Precision precision, List<Pattern> ignored) {

    public ConversionOptions {
        ignored = List.copyOf(ignored);
    }

    boolean ignores(String weight) {
        return ignored.stream().anyMatch(pattern -> pattern.matcher(weight).matches());
    }
}
