package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

import io.instructseg.engine.Instruction;
import io.instructseg.engine.text.Task;

/** What requests ask of a picture or a video, from whichever body, each field checked as it comes in. */
public abstract sealed class InstructionFields permits RequestFields, VideoFields {

    public static final String SENTENCES = "sentences";
    public static final String TASK = "task";
    public static final String THRESHOLD = "threshold";
    /** Each costs about what a request costs. */
    public static final int MOST_SENTENCES = 64;
    /** Far more than the model's 2048 tokens, far less than what costs time to split into tokens. */
    public static final int MOST_CHARACTERS = 65_536;

    private static final Map<String, Task> TASKS = Map.of("referring", Task.REFERRING, "reasoning", Task.REASONING);

    private final List<String> sentences = new ArrayList<>();
    private Task task;
    private Double threshold;

    /** Of all fields. */
    public abstract Set<String> names();

    /** For a field of another name. */
    public abstract RequestException unknownField(String name);

    /** A field by its name: of a form, or of a query. */
    public void text(String name, String value) {
        switch (name) {
            case SENTENCES -> sentence(value);
            case TASK -> task(value);
            case THRESHOLD -> threshold(number(THRESHOLD, value, "a number from 0 to 1"));
            default -> throw unknownField(name);
        }
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

    void threshold(double value) {
        requireFirst(THRESHOLD, threshold);
        if (!(value >= 0 && value <= 1)) {
            throw badField(THRESHOLD, "found " + value + ", expected a number from 0 to 1");
        }
        threshold = value;
    }

    /** @throws RequestException if there is no sentence */
    final List<Instruction> instructions(Task defaultTask) {
        if (sentences.isEmpty()) {
            throw badField(SENTENCES, "found none, expected at least one");
        }
        Task asked = task == null ? defaultTask : task;
        return sentences.stream().map(words -> new Instruction(asked, List.of(words))).toList();
    }

    final OptionalDouble threshold() {
        return threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold);
    }

    static void requireFirst(String field, Object before) {
        if (before != null) {
            throw badField(field, "found more than one value, expected one");
        }
    }

    static <T> T oneOf(String field, String expected, Map<String, T> values, String name) {
        T value = values.get(name);
        if (value == null) {
            throw badField(field, "found " + quoted(name) + ", expected " + expected);
        }
        return value;
    }

    static double number(String field, String value, String expected) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw badField(field, "found " + quoted(value) + ", expected " + expected);
        }
    }

    static String quoted(String value) {
        return "'" + shortened(value) + "'";
    }

    static String shortened(String value) {
        return value.length() <= 50 ? value : value.substring(0, 50) + "...";
    }
}
