package io.instructseg.quarkus.runtime.rest;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.util.Comparator;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;

/**
 * What a client takes (RFC 9110, 12.5.1).
 *
 * @param ranges of media types; everything if there are none
 */
record Accept(List<MediaType> ranges) {

    private static final String QUALITY = "q";

    static Accept of(HttpHeaders headers) {
        try {
            return new Accept(headers.getRequestHeader(HttpHeaders.ACCEPT).stream()
                    .flatMap(header -> Stream.of(header.split(","))).map(String::strip)
                    .filter(range -> !range.isEmpty()).map(MediaType::valueOf).toList());
        } catch (IllegalArgumentException e) {
            throw badField(HttpHeaders.ACCEPT, "found what is no list of media types");
        }
    }

    /**
     * What the client likes best, the first of equals.
     *
     * @param isIn whether something is in a range
     * @param expected all there is, for the error
     * @throws ProblemException if there is nothing that it takes
     */
    <T> T choose(List<T> all, BiPredicate<T, MediaType> isIn, String expected) {
        if (ranges.isEmpty()) {
            return all.get(0);
        }
        T best = all.stream().reduce(
                (one, other) -> quality(range -> isIn.test(other, range)) > quality(range -> isIn.test(one, range)) ? other
                        : one)
                .orElseThrow();
        if (quality(range -> isIn.test(best, range)) <= 0) {
            throw new ProblemException(Status.NOT_ACCEPTABLE, null,
                    "Accept: found nothing that can be sent, expected " + expected);
        }
        return best;
    }

    /** That of the most specific range. */
    private double quality(Predicate<MediaType> isIn) {
        return ranges.stream().filter(isIn).max(Comparator.comparingInt(Accept::specificity)).map(Accept::quality)
                .orElse(0.0);
    }

    private static int specificity(MediaType range) {
        boolean precise = range.getParameters().keySet().stream().anyMatch(name -> !name.equals(QUALITY));
        return range.isWildcardType() ? 0 : range.isWildcardSubtype() ? 1 : precise ? 3 : 2;
    }

    private static double quality(MediaType range) {
        String quality = range.getParameters().getOrDefault(QUALITY, "1");
        try {
            return Double.parseDouble(quality);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
