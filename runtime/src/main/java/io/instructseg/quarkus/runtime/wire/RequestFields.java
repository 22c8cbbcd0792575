package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.util.Map;
import java.util.Set;

import io.instructseg.engine.Candidates;
import io.instructseg.engine.text.Task;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.SegmentationRequest;

/** The fields of a request about a picture. */
public final class RequestFields extends InstructionFields {

    public static final String IMAGE = "image";
    public static final String CANDIDATES = "candidates";
    public static final Set<String> NAMES = Set.of(IMAGE, SENTENCES, TASK, CANDIDATES, THRESHOLD);

    private static final Map<String, Candidates> AMOUNTS = Map.of("best", Candidates.BEST, "all", Candidates.ALL);

    private Image image;
    private Candidates candidates;

    @Override
    public Set<String> names() {
        return NAMES;
    }

    public void image(Image value) {
        requireFirst(IMAGE, image);
        image = value;
    }

    void candidates(String value) {
        requireFirst(CANDIDATES, candidates);
        candidates = oneOf(CANDIDATES, "'best' or 'all'", AMOUNTS, value);
    }

    @Override
    public void text(String name, String value) {
        if (name.equals(CANDIDATES)) {
            candidates(value);
        } else {
            super.text(name, value);
        }
    }

    @Override
    public RequestException unknownField(String name) {
        return unknown(name);
    }

    public static RequestException unknown(String name) {
        return unknown(name, "");
    }

    /** @param more names that a message has besides */
    public static RequestException unknown(String name, String more) {
        return badField(shortened(name),
                "found an unknown field, expected " + more + "image, sentences, task, candidates or threshold");
    }

    /**
     * The request.
     *
     * @param defaultTask of a request that names none
     * @throws RequestException if something is missing
     */
    public SegmentationRequest toRequest(Task defaultTask) {
        if (image == null) {
            throw badField(IMAGE, "found none, expected a picture");
        }
        return new SegmentationRequest(image, instructions(defaultTask), candidates == null ? Candidates.BEST : candidates,
                threshold());
    }
}
