package io.instructseg.engine;

import java.util.List;

import io.instructseg.engine.text.Task;

/**
 * What to segment, in words.
 *
 * @param task how the words mean it
 * @param sentences one object's description; several sentences describe the same object, in a reasoning task only the first
 *        counts (as in the official evaluation)
 */
public record Instruction(Task task, List<String> sentences) {

    /** @throws IllegalArgumentException if there is no sentence */
    public Instruction {
        sentences = List.copyOf(sentences);
        if (sentences.isEmpty()) {
            throw new IllegalArgumentException("sentences: found none, expected at least one");
        }
    }

    /** An object by its description: "the dog on the left". */
    public static Instruction referring(String sentence) {
        return new Instruction(Task.REFERRING, List.of(sentence));
    }

    /** An object by what it is good for, or by what follows from the picture: "what could I cut paper with?". */
    public static Instruction reasoning(String sentence) {
        return new Instruction(Task.REASONING, List.of(sentence));
    }
}
