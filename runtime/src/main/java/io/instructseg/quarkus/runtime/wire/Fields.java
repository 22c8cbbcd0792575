package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.util.Map;
import java.util.Set;

/** The fields of a request, from whichever body, each checked as it comes in. */
public abstract sealed class Fields permits InstructionFields, AnswerFields {

    /** Of a text: far more than the model's 2048 tokens, far less than what costs time to split into tokens. */
    public static final int MOST_CHARACTERS = 65_536;

    static final Map<String, Boolean> SWITCH = Map.of("true", true, "false", false);

    /** Of all fields. */
    public abstract Set<String> names();

    /** For a field of another name. */
    public abstract RequestException unknownField(String name);

    /** A field by its name: of a form, or of a query. */
    public abstract void text(String name, String value);

    /** @param kind of text, for errors */
    static String words(String field, String kind, String value) {
        if (value.isBlank()) {
            throw badField(field, "found a blank " + kind + ", expected words");
        }
        if (value.length() > MOST_CHARACTERS) {
            throw badField(field, "found " + value.length() + " characters, expected at most " + MOST_CHARACTERS);
        }
        return value;
    }

    static void requireFirst(String field, Object before) {
        if (before != null) {
            throw badField(field, "found more than one value, expected one");
        }
    }

    static <T> T oneOf(String field, String expected, Map<String, T> values, String name) {
        T value = values.get(name);
        if (value == null) {
            throw badField(field, "found " + quoted(name) + ", expected " + expected);
        }
        return value;
    }

    static long integer(String field, String value, long least, long most) {
        String expected = most == Integer.MAX_VALUE ? "a whole number, at least " + least
                : most == Long.MAX_VALUE ? "a whole number of 64 bits" : "a whole number from " + least + " to " + most;
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, too
        }
        throw badField(field, "found " + quoted(value) + ", expected " + expected);
    }

    static double number(String field, String value, String expected) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw badField(field, "found " + quoted(value) + ", expected " + expected);
        }
    }

    static String quoted(String value) {
        return "'" + shortened(value) + "'";
    }

    static String shortened(String value) {
        return value.length() <= 50 ? value : value.substring(0, 50) + "...";
    }
}
