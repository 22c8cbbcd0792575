package io.instructseg.engine;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Questions about one picture, or about none, and the answers so far. All of it is plain text: placeholders and special tokens
 * in it, such as {@code <seg>} or {@code <|endoftext|>}, are the words that they look like. Only {@code <image>} is left out,
 * as the official evaluation does, and so is white space around each text; a text of nothing else counts as blank.
 *
 * @param turns what was asked and answered before, the oldest first
 * @param question what to answer now
 */
public record Conversation(List<Turn> turns, String question) {

    /** Of {@link #turns}, for a model to take it. */
    public static final int MOST_TURNS = 128;

    /** @param answer the model's, or what it shall take for its own */
    public record Turn(String question, String answer) {

        public Turn {
            Objects.requireNonNull(question, "question");
            Objects.requireNonNull(answer, "answer");
        }
    }

    public Conversation {
        turns = List.copyOf(turns);
        Objects.requireNonNull(question, "question");
    }

    /** A first question. */
    public static Conversation of(String question) {
        return new Conversation(List.of(), question);
    }

    /** This conversation with an answer, and the question that follows it. */
    public Conversation then(String answer, String nextQuestion) {
        return new Conversation(Stream.concat(turns.stream(), Stream.of(new Turn(question, answer))).toList(), nextQuestion);
    }
}
