package io.instructseg.cli;

import java.util.Locale;

/** Numbers for people. */
final class Units {

    private static final String PREFIXES = "kMGTPE";

    private Units() {
    }

    /** Such as "17.9 MB", in powers of 1000. */
    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes;
        int prefix = -1;
        while (value >= 999.95) {
            value /= 1000;
            prefix++;
        }
        return String.format(Locale.ROOT, "%.1f %sB", value, PREFIXES.charAt(prefix));
    }

    /** Such as "1 min 20 s". */
    static String seconds(long seconds) {
        return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }

    /** Such as "4,432,100". */
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
