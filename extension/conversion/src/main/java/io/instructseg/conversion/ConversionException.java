package io.instructseg.conversion;

import java.io.IOException;
import java.util.List;

/** A checkpoint that can't be converted; the message names every offender that was found. */
public class ConversionException extends IOException {

    private static final long serialVersionUID = 1;
    private static final int MOST_NAMED = 10_000;

    public ConversionException(String message) {
        super(message);
    }

    public ConversionException(String message, Throwable cause) {
        super(message, cause);
    }

    static ConversionException listing(String summary, List<String> offenders) {
        // names come from the checkpoint: a terminal must not obey them
        List<String> named = offenders.stream().limit(MOST_NAMED).map(offender -> offender.replaceAll("\\p{Cc}", "?")).toList();
        String rest = offenders.size() > MOST_NAMED ? "\n  and " + (offenders.size() - MOST_NAMED) + " more" : "";
        return new ConversionException(summary + ":\n  " + String.join("\n  ", named) + rest);
    }
}
