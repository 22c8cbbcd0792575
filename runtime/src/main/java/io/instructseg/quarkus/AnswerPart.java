package io.instructseg.quarkus;

import java.util.Objects;
import java.util.Optional;

/**
 * A part of an answer: some of its text, or, as the last one, its end.
 *
 * @param text what follows the text so far, never a part of a character; empty at the end
 * @param end at the end the whole answer; nothing before
 */
public record AnswerPart(String text, Optional<Answer> end) {

    public AnswerPart {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(end, "end");
    }
}
