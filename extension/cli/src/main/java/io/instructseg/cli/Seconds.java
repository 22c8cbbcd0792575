package io.instructseg.cli;

import java.time.Duration;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time in seconds: "90", "0.04". */
final class Seconds implements ITypeConverter<Duration> {

    private static final double MOST = 3e9;
    private static final double NANOS = 1e9;

    @Override
    public Duration convert(String value) {
        try {
            double seconds = Double.parseDouble(value);
            if (seconds >= 0 && seconds <= MOST) {
                return Duration.ofNanos(Math.round(seconds * NANOS));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException("'" + value + "' is no time, expected seconds, such as 12.5");
    }
}
