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

    /** Such as "17.9 MB/s". */
    static String bytesPerSecond(double rate) {
        return bytes((long) rate) + "/s";
    }

    /** Such as "250 frames". */
    static String frames(long frames) {
        return frames == 1 ? "1 frame" : frames + " frames";
    }

    /** Such as "3.2 frames/s". */
    static String framesPerSecond(double rate) {
        return String.format(Locale.ROOT, rate < 1 ? "%.2f frames/s" : "%.1f frames/s", rate);
    }

    /** Such as "250 requests". */
    static String requests(long requests) {
        return requests == 1 ? "1 request" : requests + " requests";
    }

    /** Such as "3.2 requests/s". */
    static String requestsPerSecond(double rate) {
        return String.format(Locale.ROOT, rate < 1 ? "%.2f requests/s" : "%.1f requests/s", rate);
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
