package io.instructseg.quarkus;

import java.util.Objects;
import java.util.Optional;

import io.instructseg.engine.Conversation;
import io.instructseg.engine.GenerationOptions;

/**
 * What to answer in words. Immutable: each method gives a new question.
 *
 * <pre>
 * Question.of("What is on the table?").about(Image.of(file)).options(GenerationOptions.DEFAULT.withMaxTokens(40))
 * </pre>
 *
 * @param image what it is about; if empty, about no picture
 * @param conversation the question, and what was asked and answered before
 * @param options how the answer is made; if empty, greedily and of 256 tokens at most, or as many as {@code
 *        quarkus.instructseg.answers.max-tokens} allows
 */
public record Question(Optional<Image> image, Conversation conversation, Optional<GenerationOptions> options) {

    public Question {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(conversation, "conversation");
        Objects.requireNonNull(options, "options");
    }

    /** A first question. */
    public static Question of(String question) {
        return of(Conversation.of(question));
    }

    /** A question and what was said before. */
    public static Question of(Conversation conversation) {
        return new Question(Optional.empty(), conversation, Optional.empty());
    }

    /** Asks about a picture. It is read once for each question, so one of a stream is good for the first only. */
    public Question about(Image picture) {
        return new Question(Optional.of(picture), conversation, options);
    }

    /** The question that follows an answer, about the same picture. */
    public Question then(String answer, String nextQuestion) {
        return new Question(image, conversation.then(answer, nextQuestion), options);
    }

    /** How the answer is made. */
    public Question options(GenerationOptions how) {
        return new Question(image, conversation, Optional.of(how));
    }
}
