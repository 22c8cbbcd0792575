package io.instructseg.cli.verify;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.instructseg.engine.GenerationOptions;

/**
 * Answers in words that the official code gave, greedily: {@code generation.json}, the pictures, and
 * {@code generation.safetensors}, which holds for each prompt {@code NAME.input_ids} [1,n], {@code NAME.logits} [3,V] of the
 * first tokens, and {@code NAME.images_clip} [1,3,s,s] if it is about a picture.
 */
final class GoldenText {

    static final String FILE = "generation.json";

    private static final String PICTURE = "<image>\n";

    private final Path directory;
    private final List<Answer> answers;
    private final TensorFile tensors;

    /**
     * An answer.
     *
     * @param prompt the name of the answer that was recorded to the same prompt, with the prompt's tensors; its own, if there
     *        is none before it
     * @param question the user's text, without the placeholder of the picture
     * @param tokens at least one
     * @param text of the tokens, if it was recorded
     * @param end the token that ends it, if it is another one than the tokenizer's
     */
    record Answer(String name, String prompt, String question, Optional<Path> image, int[] tokens, Optional<String> text,
            OptionalInt end) {
    }

    private GoldenText(Path directory, List<Answer> answers) {
        this.directory = directory;
        this.answers = answers;
        this.tensors = new TensorFile(directory.resolve("generation.safetensors"));
    }

    /** @throws IOException if {@code generation.json} is damaged */
    static GoldenText open(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        try {
            List<Answer> answers = new ArrayList<>();
            for (JsonNode entry : new ObjectMapper().readTree(file.toFile())) {
                answers.add(entry.has("of") ? again(directory, entry, answers) : answer(directory, entry));
            }
            return new GoldenText(directory, answers);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is malformed: " + e.getOriginalMessage(), e);
        }
    }

    private static Answer answer(Path directory, JsonNode entry) throws IOException {
        String name = text(directory, entry, "name");
        Optional<Path> image = entry.has("image") ? Optional.of(image(directory, entry)) : Optional.empty();
        String question = text(directory, entry, entry.has("user_text") ? "user_text" : "question");
        return new Answer(name, name, question.startsWith(PICTURE) ? question.substring(PICTURE.length()) : question, image,
                tokens(directory, name, entry), Optional.of(text(directory, entry, "text")), end(directory, name, entry));
    }

    /** Of a prompt that an answer before it has. */
    private static Answer again(Path directory, JsonNode entry, List<Answer> before) throws IOException {
        String name = text(directory, entry, "name");
        String of = text(directory, entry, "of");
        for (Answer first : before) {
            if (first.name().equals(of)) {
                return new Answer(name, first.prompt(), first.question(), first.image(), tokens(directory, name, entry),
                        Optional.empty(), end(directory, name, entry));
            }
        }
        throw wrong(directory, "of in " + name, entry.get("of").toString(), "the name of an answer before it");
    }

    private static OptionalInt end(Path directory, String name, JsonNode entry) throws IOException {
        return entry.has("eos_token_id")
                ? OptionalInt.of(id(directory, "eos_token_id of " + name, entry.get("eos_token_id"), "the id of a token"))
                : OptionalInt.empty();
    }

    private static Path image(Path directory, JsonNode entry) throws IOException {
        String name = text(directory, entry, "image");
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw wrong(directory, "image", entry.get("image").toString(), "the name of a file");
        }
    }

    private static int[] tokens(Path directory, String name, JsonNode entry) throws IOException {
        JsonNode ids = entry.path("new_token_ids");
        int[] tokens = new int[ids.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = id(directory, "new_token_ids of " + name, ids.get(i), "ids of tokens");
        }
        if (tokens.length == 0 || tokens.length > GenerationOptions.MOST_TOKENS) {
            throw wrong(directory, "new_token_ids of " + name, tokens.length + " ids", "1 to " + GenerationOptions.MOST_TOKENS);
        }
        return tokens;
    }

    private static int id(Path directory, String field, JsonNode id, String expected) throws IOException {
        if (id == null || !id.canConvertToInt() || id.intValue() < 0) {
            throw wrong(directory, field, String.valueOf(id), expected);
        }
        return id.intValue();
    }

    private static String text(Path directory, JsonNode entry, String field) throws IOException {
        JsonNode value = entry.path(field);
        if (!value.isTextual()) {
            throw wrong(directory, field, value.isMissingNode() ? "missing" : value.toString(), "a text");
        }
        return value.textValue();
    }

    private static IOException wrong(Path directory, String field, String found, String expected) {
        return new IOException(directory.resolve(FILE) + ": " + field + " is " + found + ", expected " + expected);
    }

    Path directory() {
        return directory;
    }

    List<Answer> answers() {
        return answers;
    }

    /** A tensor of an answer's prompt, if it was recorded. */
    Optional<GoldenTensor> find(Answer answer, String tensor) throws IOException {
        return tensors.find(answer.prompt() + "." + tensor);
    }

    /** @throws IOException if it was not recorded */
    GoldenTensor get(Answer answer, String tensor) throws IOException {
        return tensors.get(answer.prompt() + "." + tensor);
    }
}
