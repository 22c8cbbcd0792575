package io.instructseg.conversion.synthesis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.conversion.ConversionException;

/**
 * The official tokenizer (Phi-2's with {@code [SEG]}): GPT-2's 256 bytes and merges, {@code <|endoftext|>}, runs of blanks
 * and tabs, {@code [SEG]}. One of fewer tokens has the first merges only, which are the most frequent.
 */
final class SyntheticTokenizer {

    private static final String END_OF_TEXT = "<|endoftext|>";
    private static final int BYTES = 256;
    private static final int MERGES = 50_000;
    /** In the order of their ids, after the end of text. */
    private static final List<String> ADDED = Stream.of(IntStream.iterate(31, n -> n >= 2, n -> n - 1).mapToObj(" "::repeat),
            IntStream.iterate(9, n -> n >= 2, n -> n - 1).mapToObj("\t"::repeat), Stream.of("[SEG]")).flatMap(runs -> runs)
            .toList();
    private static final int LEAST = BYTES + 1 + ADDED.size();
    private static final int MOST = LEAST + MERGES;

    private final int size;
    private final List<String> merges;

    /** @throws ConversionException if there is no such tokenizer of so many tokens */
    SyntheticTokenizer(int size) throws IOException {
        if (size < LEAST || size > MOST) {
            throw new ConversionException("languageModel.vocabularySize is " + size + ", a made-up tokenizer has " + LEAST
                    + " to " + MOST + " tokens");
        }
        this.size = size;
        this.merges = merges(size - LEAST);
    }

    int endOfText() {
        return size - ADDED.size() - 1;
    }

    void write(Path directory) throws IOException {
        Json.write(directory.resolve("vocab.json"), vocabulary());
        Files.writeString(directory.resolve("merges.txt"), "#version: 0.2\n" + String.join("\n", merges) + "\n");
        ObjectNode added = Json.object();
        for (int i = 0; i < ADDED.size(); i++) {
            added.put(ADDED.get(i), endOfText() + 1 + i);
        }
        Json.write(directory.resolve("added_tokens.json"), added);
        Json.write(directory.resolve("tokenizer_config.json"), configuration());
    }

    private ObjectNode vocabulary() {
        ObjectNode vocabulary = Json.object();
        for (String symbol : byteSymbols()) {
            vocabulary.put(symbol, vocabulary.size());
        }
        for (String merge : merges) {
            vocabulary.put(merge.replace(" ", ""), vocabulary.size());
        }
        return vocabulary.put(END_OF_TEXT, vocabulary.size());
    }

    private ObjectNode configuration() {
        ObjectNode configuration = Json.object();
        configuration.put("tokenizer_class", "CodeGenTokenizer").put("add_prefix_space", false).put("add_bos_token", false)
                .put("errors", "replace").put("clean_up_tokenization_spaces", true).put("model_max_length", 2048)
                .put("padding_side", "right");
        Stream.of("bos_token", "eos_token", "pad_token", "unk_token")
                .forEach(token -> configuration.put(token, END_OF_TEXT));
        ObjectNode added = configuration.putObject("added_tokens_decoder");
        describe(added, endOfText(), END_OF_TEXT, true);
        for (int i = 0; i < ADDED.size(); i++) {
            describe(added, endOfText() + 1 + i, ADDED.get(i), false);
        }
        return configuration;
    }

    private static void describe(ObjectNode added, int id, String token, boolean special) {
        added.putObject(Integer.toString(id)).put("content", token).put("lstrip", false).put("normalized", !special)
                .put("rstrip", false).put("single_word", false).put("special", special);
    }

    /** GPT-2's stand-ins of the bytes in the order of their ids: the printable ones, then the others from U+0100 on. */
    private static List<String> byteSymbols() {
        IntStream printable = IntStream.range(0, BYTES).filter(SyntheticTokenizer::isPrintable);
        int others = (int) IntStream.range(0, BYTES).filter(b -> !isPrintable(b)).count();
        return IntStream.concat(printable, IntStream.range(BYTES, BYTES + others)).mapToObj(Character::toString).toList();
    }

    private static boolean isPrintable(int b) {
        return b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
    }

    private static List<String> merges(int count) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                SyntheticTokenizer.class.getResourceAsStream("gpt2-merges.txt"), StandardCharsets.UTF_8))) {
            return new ArrayList<>(lines.lines().skip(1).limit(count).toList());
        }
    }
}
