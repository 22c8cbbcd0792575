package io.instructseg.cli;

import java.util.List;
import java.util.Locale;

import io.instructseg.engine.GenerationOptions;
import picocli.CommandLine.Option;

/** How {@code ask} takes its words. */
final class GenerationArguments {

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "256", //
            description = "Where an answer ends at the latest, 1 to 2047 tokens. Default: 256.")
    private int maxTokens;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0", //
            description = "0: the likeliest token each time. Above, up to 100: tokens are drawn, and the higher it is the more "
                    + "often an unlikely one. Default: 0.")
    private float temperature;

    @Option(names = "--top-k", paramLabel = "K", defaultValue = "0", //
            description = "Draw from the K likeliest tokens only; 0: from all. Default: 0.")
    private int topK;

    @Option(names = "--top-p", paramLabel = "P", defaultValue = "1", //
            description = "Draw from the fewest likeliest tokens whose probabilities reach this sum, above 0 to 1. Default: 1.")
    private float topP;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", //
            description = "The same seed draws the same tokens, of the same model on the same machine. Default: 0.")
    private long seed;

    @Option(names = "--stop", paramLabel = "TEXT", //
            description = "A text that ends an answer, and is not part of it. May be repeated, up to 16 times.")
    private List<String> stop = List.of();

    /** @throws IllegalArgumentException that names the option */
    GenerationOptions options() {
        try {
            return new GenerationOptions(maxTokens, temperature, topK, topP, seed, stop);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option(e.getMessage()), e);
        }
    }

    /** A message that begins with a field of {@link GenerationOptions}, with the option's name in its place. */
    static String option(String message) {
        int end = message.indexOf(':');
        return "--" + message.substring(0, end).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT) + message.substring(end);
    }
}
