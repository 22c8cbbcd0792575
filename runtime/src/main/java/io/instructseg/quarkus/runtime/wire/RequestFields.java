package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.instructseg.engine.Candidates;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.text.Task;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.SegmentationRequest;

/** The fields of a request about a picture. */
public final class RequestFields extends InstructionFields {

    public static final String IMAGE = "image";
    public static final String CANDIDATES = "candidates";
    public static final String EXPLANATION = "explanation";
    public static final Set<String> NAMES = Set.of(IMAGE, SENTENCES, TASK, CANDIDATES, THRESHOLD, EXPLANATION);

    private static final Map<String, Candidates> AMOUNTS = Map.of("best", Candidates.BEST, "all", Candidates.ALL);

    private Image image;
    private Candidates candidates;
    private Boolean explanation;

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

    void explanation(boolean value) {
        requireFirst(EXPLANATION, explanation);
        explanation = value;
    }

    @Override
    public void text(String name, String value) {
        switch (name) {
            case CANDIDATES -> candidates(value);
            case EXPLANATION -> explanation(oneOf(EXPLANATION, "'true' or 'false'", SWITCH, value));
            default -> super.text(name, value);
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
                "found an unknown field, expected " + more + "image, sentences, task, candidates, threshold or explanation");
    }

    /**
     * The same about a video, which is in no field.
     *
     * @param frames which of its frames
     * @throws RequestException if there is what a video's request can't have
     */
    public VideoFields of(VideoFields frames) {
        if (image != null) {
            throw badField(IMAGE, "found it together with a video, expected one of them");
        }
        if (candidates == Candidates.ALL) {
            throw badField(CANDIDATES, "found 'all', expected 'best' for a video");
        }
        if (Boolean.TRUE.equals(explanation)) {
            throw badField(EXPLANATION, "found true, expected false for a video");
        }
        frames.copy(this);
        return frames;
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
        List<Instruction> instructions = instructions(defaultTask);
        boolean explained = Boolean.TRUE.equals(explanation);
        if (explained && instructions.get(0).task() != Task.REASONING) {
            throw badField(EXPLANATION, "found true with the task 'referring', expected it with 'reasoning' only");
        }
        if (explained && instructions.size() > 1) {
            // each is words that are made token by token, all in one turn on the device
            throw badField(SENTENCES, "found " + instructions.size() + " sentences, expected one with an explanation");
        }
        return new SegmentationRequest(image, instructions, candidates == null ? Candidates.BEST : candidates, threshold(),
                explained);
    }
}
