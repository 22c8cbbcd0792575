package io.instructseg.cli.benchmark;

import java.util.Locale;

/**
 * What the first answers after loading took.
 *
 * @param most resident memory until here, without words
 * @param words seconds of the one in words, 0 if the model has none
 */
record FirstAnswers(PictureRequest.Times one, PictureRequest.Times several, long most, double words) {

    /** Products and readings of memory, of a round. */
    private static final double LIMITS_SECONDS = 4;

    /** Seconds that all else takes at most: first answers take longer than later ones. */
    double rest(int rounds) {
        return rounds * (one.seconds() + several.seconds() + words + LIMITS_SECONDS)
                + GapRecording.REQUESTS * (one.seconds() + words);
    }

    /** In a line. */
    String words(int sentences, int rounds) {
        return String.format(Locale.ROOT,
                "the first answer took %.0f s, that to %d sentences %.0f s%s; the rest takes at most about %.0f min",
                one.seconds(), sentences, several.seconds(),
                words == 0 ? "" : String.format(Locale.ROOT, ", that in words %.0f s", words), Math.ceil(rest(rounds) / 60));
    }
}
