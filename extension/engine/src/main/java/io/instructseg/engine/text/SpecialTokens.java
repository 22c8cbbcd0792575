package io.instructseg.engine.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.NullNode;

/** The special tokens by name, from {@code tokenizer_config.json} and {@code special_tokens_map.json}. */
final class SpecialTokens {

    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final List<String> NAMES = List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token",
            "cls_token", "mask_token");
    private static final List<String> CLASSES = List.of("CodeGenTokenizer", "CodeGenTokenizerFast", "GPT2Tokenizer",
            "GPT2TokenizerFast", "PreTrainedTokenizerFast");

    private final Map<String, String> byName = new LinkedHashMap<>();
    private final Map<String, JsonField> all = new LinkedHashMap<>();

    SpecialTokens(String directory, Optional<JsonField> config, Optional<JsonField> map) throws TokenizerException {
        if (config.isPresent()) {
            checkSupported(config.get());
            read(config.get());
        }
        if (map.isPresent()) {
            read(map.get());
        }
        all.putIfAbsent(endOfText(), new JsonField(directory, "eos_token", "eos_token", NullNode.getInstance()));
        all.putIfAbsent(padding(), new JsonField(directory, "pad_token", "pad_token", NullNode.getInstance()));
    }

    /** The end of a text; {@code <|endoftext|>} unless told, as CodeGenTokenizer has it. */
    String endOfText() {
        return byName.getOrDefault("eos_token", END_OF_TEXT);
    }

    /** The padding; the unknown token unless told, as the official code sets it. */
    String padding() {
        return byName.getOrDefault("pad_token", byName.getOrDefault("unk_token", END_OF_TEXT));
    }

    /** Every special token and the field that names it. */
    Map<String, JsonField> all() {
        return all;
    }

    private void read(JsonField file) throws TokenizerException {
        for (String name : NAMES) {
            Optional<JsonField> token = file.get(name);
            if (token.isEmpty()) {
                continue;
            }
            String content = content(token.get());
            String known = byName.putIfAbsent(name, content);
            if (known != null && !known.equals(content)) {
                throw token.get().error(JsonField.quote(content), JsonField.quote(known) + " as in tokenizer_config.json");
            }
            all.putIfAbsent(content, token.get());
        }
        Optional<JsonField> more = file.get("additional_special_tokens");
        for (JsonField token : more.isPresent() ? more.get().elements() : List.<JsonField> of()) {
            all.putIfAbsent(content(token), token);
        }
    }

    /** A string, or an object with the string and flags. */
    private static String content(JsonField token) throws TokenizerException {
        return token.node().isObject() ? token.require("content").text() : token.text();
    }

    private static void checkSupported(JsonField config) throws TokenizerException {
        Optional<JsonField> type = config.get("tokenizer_class");
        if (type.isPresent() && !CLASSES.contains(type.get().text())) {
            throw type.get().wrong("one of " + CLASSES);
        }
        for (String flag : List.of("add_prefix_space", "add_bos_token")) {
            if (config.flag(flag, false)) {
                throw config.require(flag).wrong("false, the only supported value");
            }
        }
    }
}
