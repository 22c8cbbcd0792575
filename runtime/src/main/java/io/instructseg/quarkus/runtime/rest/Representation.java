package io.instructseg.quarkus.runtime.rest;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.util.List;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

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
        if (request.explanation()) {
            throw badField(RequestFields.EXPLANATION, "found true, expected false, since Accept asks for a picture");
        }
    }

    /**
     * Chooses what a client likes best, the first of equals. The overlay has to be asked for: {@code image/png; view=overlay}.
     *
     * @throws ProblemException if there is nothing it takes
     */
    static Representation choose(HttpHeaders headers) {
        return Accept.of(headers).choose(List.of(values()), Representation::isIn,
                "application/json, image/png or image/png; view=overlay");
    }

    private boolean isIn(MediaType range) {
        String view = range.getParameters().get(VIEW);
        boolean asked = view == null ? this != OVERLAY : name().equalsIgnoreCase(view);
        return asked && type.isCompatible(range);
    }
}
