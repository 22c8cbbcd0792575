package io.instructseg.quarkus.runtime.rest;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import jakarta.ws.rs.core.MediaType;

/** What an answer looks like. */
enum Representation {

    /** Everything, as JSON. */
    JSON(MediaType.APPLICATION_JSON_TYPE),
    /** The mask as a PNG. */
    MASK(new MediaType("image", "png")),
    /** The picture with the mask painted over it, as a PNG. */
    OVERLAY(new MediaType("image", "png"));

    private static final String VIEW = "view";
    private static final String QUALITY = "q";

    private final MediaType type;

    Representation(MediaType type) {
        this.type = type;
    }

    MediaType type() {
        return type;
    }

    boolean isPicture() {
        return this != JSON;
    }

    /**
     * Chooses what a client likes best, the first of equals. The overlay has to be asked for: {@code image/png; view=overlay}.
     *
     * @param ranges of the Accept header; none means anything
     * @return empty if there is nothing it takes
     */
    static Optional<Representation> choose(List<MediaType> ranges) {
        if (ranges.isEmpty()) {
            return Optional.of(JSON);
        }
        return Stream.of(values()).filter(one -> one.quality(ranges) > 0)
                .max(Comparator.<Representation> comparingDouble(one -> one.quality(ranges))
                        .thenComparing(Comparator.reverseOrder()));
    }

    /** That of the most specific range (RFC 9110, 12.5.1). */
    private double quality(List<MediaType> ranges) {
        return ranges.stream().filter(this::isIn).max(Comparator.comparingInt(Representation::specificity))
                .map(Representation::quality).orElse(0.0);
    }

    private boolean isIn(MediaType range) {
        String view = range.getParameters().get(VIEW);
        boolean asked = view == null ? this != OVERLAY : name().equalsIgnoreCase(view);
        return asked && type.isCompatible(range);
    }

    private static int specificity(MediaType range) {
        return range.isWildcardType() ? 0 : range.isWildcardSubtype() ? 1 : range.getParameters().containsKey(VIEW) ? 3 : 2;
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
