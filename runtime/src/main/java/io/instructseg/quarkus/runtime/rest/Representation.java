package io.instructseg.quarkus.runtime.rest;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;

import io.instructseg.engine.Candidates;
import io.instructseg.quarkus.SegmentationRequest;
import io.instructseg.quarkus.runtime.wire.RequestException;
import io.instructseg.quarkus.runtime.wire.RequestFields;

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

    /** @throws RequestException if the request has more answers than a picture can show */
    void check(SegmentationRequest request) {
        if (this == JSON) {
            return;
        }
        if (request.instructions().size() > 1) {
            throw badField(RequestFields.SENTENCES, "found " + request.instructions().size()
                    + " sentences, expected one, since Accept asks for a picture");
        }
        if (request.candidates() == Candidates.ALL) {
            throw badField(RequestFields.CANDIDATES, "found 'all', expected 'best', since Accept asks for a picture");
        }
    }

    /**
     * Chooses what a client likes best, the first of equals. The overlay has to be asked for: {@code image/png; view=overlay}.
     *
     * @throws ProblemException if there is nothing it takes
     */
    static Representation choose(HttpHeaders headers) {
        List<MediaType> ranges = ranges(headers.getRequestHeader(HttpHeaders.ACCEPT));
        return ranges.isEmpty() ? JSON
                : choose(ranges).orElseThrow(() -> new ProblemException(Status.NOT_ACCEPTABLE, null,
                        "Accept: found nothing that can be sent, expected application/json, image/png or image/png;"
                                + " view=overlay"));
    }

    private static List<MediaType> ranges(List<String> headers) {
        try {
            return headers.stream().flatMap(header -> Stream.of(header.split(","))).map(String::strip)
                    .filter(range -> !range.isEmpty()).map(MediaType::valueOf).toList();
        } catch (IllegalArgumentException e) {
            throw badField(HttpHeaders.ACCEPT, "found what is no list of media types");
        }
    }

    private static Optional<Representation> choose(List<MediaType> ranges) {
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
