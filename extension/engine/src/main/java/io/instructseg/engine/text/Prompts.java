package io.instructseg.engine.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.instructseg.format.Placeholders;

/**
 * The prompts that InstructSeg was trained with, as the official {@code InstructSegDatasets} makes them: the text is cut
 * at the placeholders and each piece is tokenized on its own. Immutable and safe for use by several threads.
 */
public final class Prompts {

    private static final String SYSTEM = "A chat between a curious user and an artificial intelligence assistant. "
            + "The assistant gives helpful, detailed, and polite answers to the user's questions. USER: ";
    private static final String USER = "USER: ";
    private static final String ASSISTANT = " ASSISTANT:";
    private static final String BEFORE_ANSWER = " \nSure, the segmentation result is ";
    private static final String ANSWER = BEFORE_ANSWER + "[SEG]<seg><|endoftext|>";
    private static final Map<String, Integer> PLACEHOLDERS = Map.of("<image>", Placeholders.IMAGE, "<seg>", Placeholders.SEG,
            "<refer>", Placeholders.REFER, "<temporal>", Placeholders.TEMPORAL);
    private static final Pattern PLACEHOLDER = Pattern.compile("<image>|<seg>|<refer>|<temporal>");

    private final Tokenizer tokenizer;
    private final Map<Medium, Map<Task, int[]>> templates = new EnumMap<>(Medium.class);
    private final int[] explanation;

    /** @throws TokenizerException if the tokenizer's {@code model_max_length} is too small for the prompts */
    public Prompts(Tokenizer tokenizer) throws TokenizerException {
        this.tokenizer = tokenizer;
        for (Medium medium : Medium.values()) {
            Map<Task, int[]> ofMedium = new EnumMap<>(Task.class);
            for (Task task : Task.values()) {
                ofMedium.put(task, template(medium.body(task)));
            }
            templates.put(medium, ofMedium);
        }
        explanation = tokenize(SYSTEM + Medium.EXPLAINED_IMAGE + ASSISTANT + BEFORE_ANSWER).toArray();
    }

    private int[] template(String body) throws TokenizerException {
        int[] ids = tokenize(SYSTEM + body + ASSISTANT + ANSWER).toArray();
        // The official collator would cut the prompt, and with it the mask queries.
        if (ids.length > tokenizer.maxLength()) {
            throw new TokenizerException("tokenizer_config.json", "model_max_length", String.valueOf(tokenizer.maxLength()),
                    "at least %d, the length of a prompt".formatted(ids.length));
        }
        return ids;
    }

    /**
     * The prompt for sentences about one object. They may hold any text: placeholders in them are plain text.
     *
     * @throws IllegalArgumentException if there is no sentence
     */
    public Prompt segmentation(Medium medium, Task task, List<String> sentences) {
        IntStream instruction = Arrays.stream(tokenizer.encode(instruction(medium, task, sentences)));
        return new Prompt(templates.get(medium).get(task).clone(),
                IntStream.concat(instruction, IntStream.of(tokenizer.segmentationToken())).toArray());
    }

    /**
     * The instruction by the official rules. Referring: each sentence with a full stop, joined by blanks, stripped.
     * Reasoning: of an image the first sentence, stripped; of a video joined by blanks, stripped, without {@code (s)}.
     *
     * @throws IllegalArgumentException if there is no sentence
     */
    public static String instruction(Medium medium, Task task, List<String> sentences) {
        if (sentences.isEmpty()) {
            throw new IllegalArgumentException("sentences: found none, expected at least one");
        }
        if (task == Task.REFERRING) {
            return strip(sentences.stream().collect(Collectors.joining(". ", " ", ".")));
        }
        return switch (medium) {
            case IMAGE -> strip(sentences.get(0));
            case VIDEO -> strip(String.join(" ", sentences)).replace("(s)", "");
        };
    }

    /** Whether the official rules leave nothing of a sentence. */
    public static boolean isBlank(String sentence) {
        return strip(sentence).isEmpty();
    }

    /**
     * The prompt for a mask with an explanation, as the official training's explanatory samples have it, up to where the
     * explanation begins.
     *
     * @throws IllegalArgumentException if there is no sentence
     */
    public Prompt explanation(List<String> sentences) {
        Prompt plain = segmentation(Medium.IMAGE, Task.REASONING, sentences);
        return new Prompt(explanation.clone(), plain.instruction());
    }

    /** What {@link #explanation} gave, with an explanation and the mask queries behind it: a prompt for a mask. */
    public Prompt explained(Prompt prompt, int[] words) {
        int[] end = { tokenizer.segmentationToken(), Placeholders.SEG, tokenizer.endOfText() };
        return new Prompt(concat(prompt.ids(), words, end), prompt.instruction());
    }

    /**
     * The prompt for a question to be answered in words, up to {@code ASSISTANT:}; the official template of several turns. What
     * {@link #message} leaves of what people wrote is plain text, also where it looks like a placeholder or a special token.
     *
     * @param messages questions and answers in turn, the last a question
     * @param aboutImage whether there is a picture, for which {@link Placeholders#IMAGE} stands before the first question
     */
    public int[] conversation(List<String> messages, boolean aboutImage) {
        List<int[]> parts = new ArrayList<>();
        StringBuilder text = new StringBuilder(SYSTEM);
        if (aboutImage) {
            parts.add(tokenizer.encode(SYSTEM));
            parts.add(new int[] { Placeholders.IMAGE });
            text = new StringBuilder("\n");
        }
        for (int i = 0; i < messages.size(); i++) {
            boolean isAnswer = i % 2 == 1;
            text.append(isAnswer ? " " : i > 0 ? USER : "").append(message(messages.get(i)));
            if (isAnswer) {
                parts.add(tokenizer.encodePlain(text.toString()));
                parts.add(new int[] { tokenizer.endOfText() });
                text = new StringBuilder();
            } else {
                text.append(ASSISTANT);
            }
        }
        parts.add(tokenizer.encodePlain(text.toString()));
        return concat(parts.toArray(int[][]::new));
    }

    /** What the official rules leave of a question or an answer: not {@code <image>}, and no white space around it. */
    public static String message(String text) {
        return strip(text.replace("<image>", ""));
    }

    private IntStream tokenize(String prompt) {
        IntStream.Builder ids = IntStream.builder();
        Matcher matcher = PLACEHOLDER.matcher(prompt);
        int start = 0;
        while (matcher.find()) {
            Arrays.stream(tokenizer.encode(prompt.substring(start, matcher.start()))).forEach(ids);
            ids.accept(PLACEHOLDERS.get(matcher.group()));
            start = matcher.end();
        }
        Arrays.stream(tokenizer.encode(prompt.substring(start))).forEach(ids);
        return ids.build();
    }

    private static int[] concat(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    /** Python's {@code str.strip}: white space by Unicode and the separators U+001C to U+001F. */
    private static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isPythonSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isPythonSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isPythonSpace(char c) {
        return c >= 0x1C && c <= 0x1F || CodePointClasses.of(c) == CodePointClasses.Kind.WHITESPACE;
    }
}
