package io.instructseg.engine.text;

import java.util.List;
import java.util.Optional;

/** What of {@code tokenizer.json} is supported: byte-level BPE with GPT-2's words, without normalisation. */
final class FastTokenizerJson {

    private FastTokenizerJson() {
    }

    static void checkSupported(JsonField file) throws TokenizerException {
        Optional<JsonField> normalizer = file.get("normalizer");
        if (normalizer.isPresent()) {
            throw normalizer.get().wrong("null, the only supported normalizer");
        }
        JsonField words = typed(file.require("pre_tokenizer"), "ByteLevel");
        // The default of add_prefix_space is true in the official reader, so it has to be written.
        if (words.flag("add_prefix_space", true)) {
            throw words.error("add_prefix_space true or absent", "add_prefix_space false");
        }
        if (!words.flag("use_regex", true)) {
            throw words.error("use_regex false", "use_regex true");
        }
        typed(file.require("decoder"), "ByteLevel");
        Optional<JsonField> processor = file.get("post_processor");
        if (processor.isPresent()) {
            typed(processor.get(), "ByteLevel");
        }
        checkModel(file.require("model"));
    }

    private static void checkModel(JsonField model) throws TokenizerException {
        // Old files leave the type out.
        if (model.get("type").isPresent()) {
            typed(model, "BPE");
        }
        Optional<JsonField> dropout = model.get("dropout");
        if (dropout.isPresent()) {
            throw dropout.get().wrong("null, as tokens must not depend on chance");
        }
        for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
            Optional<JsonField> value = model.get(affix);
            if (value.isPresent() && !value.get().text().isEmpty()) {
                throw value.get().wrong("an empty string");
            }
        }
        if (model.flag("ignore_merges", false)) {
            throw model.error("ignore_merges true", "ignore_merges false");
        }
    }

    private static JsonField typed(JsonField part, String type) throws TokenizerException {
        JsonField found = part.require("type");
        if (!found.text().equals(type)) {
            throw found.wrong(JsonField.quote(type) + ", the only supported type");
        }
        return part;
    }
}
