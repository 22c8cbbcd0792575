package io.instructseg.quarkus.runtime;

import java.util.Locale;

import org.eclipse.microprofile.config.spi.Converter;

/** Yes or no. What is neither is refused: Quarkus would take {@code ture} for no, and name no property. */
public final class StrictBoolean implements Converter<Boolean> {

    private static final long serialVersionUID = 1;

    @Override
    public Boolean convert(String value) {
        return switch (value.trim().toLowerCase(Locale.ROOT)) {
            case "" -> null;
            case "true", "yes", "y", "on", "1" -> Boolean.TRUE;
            case "false", "no", "n", "off", "0" -> Boolean.FALSE;
            default -> throw new IllegalArgumentException("found '" + value + "', expected true or false");
        };
    }
}
