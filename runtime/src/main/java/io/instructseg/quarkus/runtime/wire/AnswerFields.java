package io.instructseg.quarkus.runtime.wire;

import static io.instructseg.quarkus.runtime.wire.RequestException.badField;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.instructseg.engine.Conversation;
import io.instructseg.engine.Conversation.Turn;
import io.instructseg.engine.GenerationOptions;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.Question;

/** The fields of a request for an answer in words. */
public final class AnswerFields extends Fields {

    public static final String IMAGE = "image";
    public static final String QUESTION = "question";
    public static final String ANSWER = "answer";
    public static final String TURNS = "turns";
    public static final String MAX_TOKENS = "max_tokens";
    public static final String TEMPERATURE = "temperature";
    public static final String TOP_K = "top_k";
    public static final String TOP_P = "top_p";
    public static final String SEED = "seed";
    public static final String STOP = "stop";
    public static final Set<String> NAMES = Set.of(IMAGE, QUESTION, TURNS, MAX_TOKENS, TEMPERATURE, TOP_K, TOP_P, SEED, STOP);

    private final int mostTokens;
    private final Set<String> single = new HashSet<>();
    private final List<Turn> turns = new ArrayList<>();
    private final List<String> stop = new ArrayList<>();
    private GenerationOptions options;
    private Image image;
    private String question;
    private int characters;

    /** @param mostTokens of an answer */
    public AnswerFields(int mostTokens) {
        this.mostTokens = mostTokens;
        this.options = GenerationOptions.DEFAULT
                .withMaxTokens(Math.min(GenerationOptions.DEFAULT.maxTokens(), mostTokens));
    }

    @Override
    public Set<String> names() {
        return NAMES;
    }

    @Override
    public void text(String name, String value) {
        switch (name) {
            case STOP -> stop(value);
            case QUESTION -> question(value);
            case TURNS -> {
                requireFirst(name);
                QuestionBody.turns(value, this);
            }
            case MAX_TOKENS, TEMPERATURE, TOP_K, TOP_P, SEED -> {
                requireFirst(name);
                change(name, option(name, value));
            }
            default -> throw unknownField(name);
        }
    }

    private void requireFirst(String name) {
        requireFirst(name, single.add(name) ? null : name);
    }

    private UnaryOperator<GenerationOptions> option(String name, String value) {
        return switch (name) {
            case MAX_TOKENS -> was -> was.withMaxTokens((int) integer(name, value, 1, mostTokens));
            case TOP_K -> was -> was.withTopK((int) integer(name, value, 0, Integer.MAX_VALUE));
            case SEED -> was -> was.withSeed(integer(name, value, Long.MIN_VALUE, Long.MAX_VALUE));
            case TEMPERATURE -> was -> was.withTemperature((float) number(name, value, "a number"));
            default -> was -> was.withTopP((float) number(name, value, "a number"));
        };
    }

    /** What the engine says of its option is said of the field. */
    private void change(String name, UnaryOperator<GenerationOptions> change) {
        try {
            options = change.apply(options);
        } catch (IllegalArgumentException e) {
            throw badField(name, e.getMessage().substring(e.getMessage().indexOf(": ") + 2));
        }
    }

    public void image(Image value) {
        requireFirst(IMAGE);
        image = value;
    }

    void question(String value) {
        requireFirst(QUESTION);
        question = words(QUESTION, "question", counted(QUESTION, value));
    }

    void stop(String value) {
        String field = STOP + "[" + stop.size() + "]";
        stop.add(value);
        change(field, was -> was.withStop(stop));
    }

    /** Where the next turn will be. */
    String turn() {
        if (turns.size() == Conversation.MOST_TURNS) {
            throw badField(TURNS, "found more than " + Conversation.MOST_TURNS + " turns");
        }
        return TURNS + "[" + turns.size() + "]";
    }

    void turn(String asked, String answered) {
        String field = turn();
        turns.add(new Turn(words(field + "." + QUESTION, "question", said(field + "." + QUESTION, asked)),
                words(field + "." + ANSWER, "answer", said(field + "." + ANSWER, answered))));
    }

    /** All texts together are bounded as one is: a conversation of that length is beyond any model. */
    private String counted(String field, String words) {
        characters += words.length();
        if (characters > MOST_CHARACTERS) {
            throw badField(field, "found more than " + MOST_CHARACTERS + " characters in all texts together");
        }
        return words;
    }

    private String said(String field, String words) {
        return counted(field, present(field, words));
    }

    private static String present(String field, String words) {
        if (words == null) {
            throw badField(field, "found none, expected words");
        }
        return words;
    }

    @Override
    public RequestException unknownField(String name) {
        return badField(shortened(name), "found an unknown field, expected image, question, turns, max_tokens, temperature,"
                + " top_k, top_p, seed or stop");
    }

    /** @throws RequestException if there is no question */
    public Question toQuestion() {
        return new Question(Optional.ofNullable(image), new Conversation(turns, present(QUESTION, question)),
                Optional.of(options));
    }
}
