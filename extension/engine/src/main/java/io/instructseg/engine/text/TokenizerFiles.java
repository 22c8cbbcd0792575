package io.instructseg.engine.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the tokenizer files of a checkpoint say together. Vocabulary and merges come from {@code tokenizer.json}, or else from
 * {@code vocab.json} and {@code merges.txt}; added tokens from every file that names some.
 */
final class TokenizerFiles {

    /** So many that their search tree stays small; phi-2's have 600 characters in all. */
    private static final int MAX_ADDED_CHARACTERS = 1 << 16;

    final Vocabulary.Builder vocabulary = new Vocabulary.Builder();
    final Map<String, AddedToken> added = new LinkedHashMap<>();
    final List<Merge> merges;
    final SpecialTokens special;
    final int maxLength;

    private int addedCharacters;

    TokenizerFiles(Path directory) throws IOException {
        Optional<JsonField> fast = JsonField.readIfPresent(directory.resolve("tokenizer.json"));
        Optional<JsonField> config = JsonField.readIfPresent(directory.resolve("tokenizer_config.json"));
        special = new SpecialTokens(directory.toString(), config,
                JsonField.readIfPresent(directory.resolve("special_tokens_map.json")));
        if (fast.isPresent()) {
            FastTokenizerJson.checkSupported(fast.get());
            JsonField model = fast.get().require("model");
            addVocabulary(model.require("vocab"));
            merges = Merge.read(model.require("merges"));
        } else {
            addVocabulary(JsonField.read(slowFile(directory, "vocab.json")));
            merges = Merge.readLines(slowFile(directory, "merges.txt"));
        }
        addFastTokens(fast);
        addConfigTokens(config);
        addFlatTokens(JsonField.readIfPresent(directory.resolve("added_tokens.json")));
        addSpecialTokens();
        maxLength = maxLength(config);
    }

    private static Path slowFile(Path directory, String name) throws TokenizerException {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            throw new TokenizerException(directory.toString(), name, "nothing",
                    "this file, or tokenizer.json instead of vocab.json and merges.txt");
        }
        return file;
    }

    private void addVocabulary(JsonField vocab) throws TokenizerException {
        for (JsonField entry : vocab.members()) {
            vocabulary.add(entry.name(), entry.integer(), entry);
        }
    }

    private void addFastTokens(Optional<JsonField> fast) throws TokenizerException {
        Optional<JsonField> tokens = fast.isPresent() ? fast.get().get("added_tokens") : Optional.empty();
        for (JsonField token : tokens.isPresent() ? tokens.get().elements() : List.<JsonField> of()) {
            add(token, token.require("id").integer());
        }
    }

    private void addConfigTokens(Optional<JsonField> config) throws TokenizerException {
        Optional<JsonField> tokens = config.isPresent() ? config.get().get("added_tokens_decoder") : Optional.empty();
        for (JsonField token : tokens.isPresent() ? tokens.get().members() : List.<JsonField> of()) {
            try {
                add(token, Integer.parseInt(token.name()));
            } catch (NumberFormatException e) {
                throw token.error(JsonField.quote(token.name()), "an id as the name");
            }
        }
    }

    /** {@code added_tokens.json} tells content and id only. */
    private void addFlatTokens(Optional<JsonField> file) throws TokenizerException {
        for (JsonField token : file.isPresent() ? file.get().members() : List.<JsonField> of()) {
            boolean isSpecial = special.all().containsKey(token.name());
            add(new AddedToken(token.name(), token.integer(), isSpecial, !isSpecial), token);
        }
    }

    /** A named special token is an added token, even when only the vocabulary has it. */
    private void addSpecialTokens() throws TokenizerException {
        for (Map.Entry<String, JsonField> token : special.all().entrySet()) {
            OptionalInt id = vocabulary.id(token.getKey());
            if (id.isEmpty()) {
                throw token.getValue().error(JsonField.quote(token.getKey()), "a token to which some file gives an id");
            }
            add(new AddedToken(token.getKey(), id.getAsInt(), true, false), token.getValue());
        }
    }

    private void add(JsonField token, int id) throws TokenizerException {
        String content = token.require("content").text();
        for (String flag : List.of("single_word", "lstrip", "rstrip")) {
            if (token.flag(flag, false)) {
                throw token.error(flag + " true", flag + " false, the only supported value");
            }
        }
        boolean isSpecial = token.flag("special", false);
        add(new AddedToken(content, id, isSpecial, token.flag("normalized", !isSpecial)), token);
    }

    private void add(AddedToken token, JsonField source) throws TokenizerException {
        vocabulary.add(token.content(), token.id(), source);
        if (added.putIfAbsent(token.content(), token) == null) {
            addedCharacters += token.content().length();
        }
        if (addedCharacters > MAX_ADDED_CHARACTERS) {
            throw source.error("more", "at most %d characters in all added tokens".formatted(MAX_ADDED_CHARACTERS));
        }
    }

    List<AddedToken> added(boolean normalized) {
        List<AddedToken> tokens = new ArrayList<>(added.values());
        tokens.removeIf(token -> token.normalized() != normalized);
        return tokens;
    }

    /** {@code model_max_length}, which transformers writes as 1e30 when there is no limit. */
    private static int maxLength(Optional<JsonField> config) throws TokenizerException {
        Optional<JsonField> length = config.isPresent() ? config.get().get("model_max_length") : Optional.empty();
        if (length.isEmpty()) {
            return Integer.MAX_VALUE;
        }
        if (!length.get().node().isNumber() || !(length.get().node().doubleValue() >= 1)) {
            throw length.get().wrong("a positive number");
        }
        return (int) Math.min(Integer.MAX_VALUE, length.get().node().doubleValue());
    }
}
