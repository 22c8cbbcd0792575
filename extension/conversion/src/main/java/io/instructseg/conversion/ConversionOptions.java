package io.instructseg.conversion;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import io.instructseg.format.Precision;

/**
 * How to convert.
 *
 * @param precision of the model's matrices
 * @param ignored names of weights that the model does not use but the checkpoint may have
 * @param adapter directory of what a training changed, to be merged: PEFT's LoRA adapter, or a consolidated state
 */
public record ConversionOptions(Precision precision, List<Pattern> ignored, Optional<Path> adapter) {

    /** Without an adapter. */
    public ConversionOptions(Precision precision, List<Pattern> ignored) {
        this(precision, ignored, Optional.empty());
    }

    public ConversionOptions {
        ignored = List.copyOf(ignored);
    }

    boolean ignores(String weight) {
        return ignored.stream().anyMatch(pattern -> pattern.matcher(weight).matches());
    }
}
