package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

import io.instructseg.engine.Candidates;
import io.instructseg.engine.Instruction;
import io.instructseg.engine.text.Task;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.SegmentationRequest;

/** A request's fields, from whichever body, each checked as it comes in. */
public final class RequestFields {

    public static final String IMAGE = "image";
    public static final String SENTENCES = "sentences";
    public static final String TASK = "task";
    public static final String CANDIDATES = "candidates";
    public static final String THRESHOLD = "threshold";
    public static final Set<String> NAMES = Set.of(IMAGE, SENTENCES, TASK, CANDIDATES, THRESHOLD);
    /** Each costs about what a request costs. */
    public static final int MOST_SENTENCES = 64;
    /** Far more than the model's 2048 tokens, far less than what costs time to split into tokens. */
    public static final int MOST_CHARACTERS = 65_536;

    private static final Map<String, Task> TASKS = Map.of("referring", Task.REFERRING, "reasoning", Task.REASONING);
    private static final Map<String, Candidates> AMOUNTS = Map.of("best", Candidates.BEST, "all", Candidates.ALL);

    private final List<String> sentences = new ArrayList<>();
    private Image image;
    private Task task;
    private Candidates candidates;
    private Double threshold;

    public void image(Image value) {
        requireFirst(IMAGE, image);
        image = value;
    }

    void sentence(String value) {
        String field = SENTENCES + "[" + sentences.size() + "]";
        if (sentences.size() == MOST_SENTENCES) {
            throw badField(SENTENCES, "found more than " + MOST_SENTENCES + " sentences");
        }
        if (value.isBlank()) {
            throw badField(field, "found a blank sentence, expected words");
        }
        if (value.length() > MOST_CHARACTERS) {
            throw badField(field, "found " + value.length() + " characters, expected at most " + MOST_CHARACTERS);
        }
        sentences.add(value);
    }

    void task(String value) {
        requireFirst(TASK, task);
        task = oneOf(TASK, "'referring' or 'reasoning'", TASKS, value);
    }

    void candidates(String value) {
        requireFirst(CANDIDATES, candidates);
        candidates = oneOf(CANDIDATES, "'best' or 'all'", AMOUNTS, value);
    }

    void threshold(String value) {
        try {
            threshold(Double.parseDouble(value));
        } catch (NumberFormatException e) {
            throw badField(THRESHOLD, "found " + quoted(value) + ", expected a number from 0 to 1");
        }
    }

    void threshold(double value) {
        requireFirst(THRESHOLD, threshold);
        if (!(value >= 0 && value <= 1)) {
            throw badField(THRESHOLD, "found " + value + ", expected a number from 0 to 1");
        }
        threshold = value;
    }

    /** A field by its name: of a form, or of a query. */
    public void text(String name, String value) {
        switch (name) {
            case SENTENCES -> sentence(value);
            case TASK -> task(value);
            case CANDIDATES -> candidates(value);
            case THRESHOLD -> threshold(value);
            default -> throw unknown(name);
        }
    }

    public static RequestException unknown(String name) {
        return unknown(name, "");
    }

    /** @param more names that a message has besides */
    public static RequestException unknown(String name, String more) {
        return badField(shortened(name),
                "found an unknown field, expected " + more + "image, sentences, task, candidates or threshold");
    }

    private static void requireFirst(String field, Object before) {
        if (before != null) {
            throw badField(field, "found more than one value, expected one");
        }
    }

    private static <T> T oneOf(String field, String expected, Map<String, T> values, String name) {
        T value = values.get(name);
        if (value == null) {
            throw badField(field, "found " + quoted(name) + ", expected " + expected);
        }
        return value;
    }

    private static String quoted(String value) {
        return "'" + shortened(value) + "'";
    }

    private static String shortened(String value) {
        return value.length() <= 50 ? value : value.substring(0, 50) + "...";
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
        if (sentences.isEmpty()) {
            throw badField(SENTENCES, "found none, expected at least one");
        }
        Task asked = task == null ? defaultTask : task;
        return new SegmentationRequest(image, sentences.stream().map(words -> new Instruction(asked, List.of(words))).toList(),
                candidates == null ? Candidates.BEST : candidates,
                threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold));
    }
}
