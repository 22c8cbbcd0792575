package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

import io.instructseg.engine.Instruction;
import io.instructseg.engine.text.Task;

/** What requests ask of a picture or a video, from whichever body, each field checked as it comes in. */
public abstract sealed class InstructionFields extends Fields permits RequestFields, VideoFields {

    public static final String SENTENCES = "sentences";
    public static final String TASK = "task";
    public static final String THRESHOLD = "threshold";
    /** Each costs about what a request costs. */
    public static final int MOST_SENTENCES = 64;

    private static final Map<String, Task> TASKS = Map.of("referring", Task.REFERRING, "reasoning", Task.REASONING);

    private final List<String> sentences = new ArrayList<>();
    private Task task;
    private Double threshold;

    @Override
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
        sentences.add(words(field, "sentence", value));
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

    /** Takes over what was asked elsewhere. */
    final void copy(InstructionFields asked) {
        sentences.addAll(asked.sentences);
        task = asked.task;
        threshold = asked.threshold;
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
}
