package io.instructseg.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizer files are not trusted: whatever they hold, a {@link TokenizerException} says what is wrong. */
class TokenizerFilesTest {

    @TempDir
    Path directory;

    /** Which file, what to replace in it by what, and the complaint. */
    static Stream<Arguments> fastChanges() {
        String json = "tokenizer.json";
        return Stream.of(
                Arguments.of(json, "\"normalizer\": null", "\"normalizer\": {\"type\": \"NFC\"}",
                        "normalizer: found an object, expected null"),
                Arguments.of(json, "\"pre_tokenizer\": {\n    \"type\": \"ByteLevel\"",
                        "\"pre_tokenizer\": {\n\"type\": \"Split\"",
                        "pre_tokenizer.type: found \"Split\", expected \"ByteLevel\""),
                Arguments.of(json, "\"decoder\": {\n    \"type\": \"ByteLevel\"", "\"decoder\": {\n\"type\": \"WordPiece\"",
                        "decoder.type: found \"WordPiece\", expected \"ByteLevel\""),
                Arguments.of(json, "\"post_processor\": {\n    \"type\": \"ByteLevel\"",
                        "\"post_processor\": {\n\"type\": \"T\"",
                        "post_processor.type: found \"T\", expected \"ByteLevel\""),
                Arguments.of(json, "\"type\": \"BPE\"", "\"type\": \"Unigram\"",
                        "model.type: found \"Unigram\", expected \"BPE\""),
                Arguments.of(json, "\"add_prefix_space\": false", "\"add_prefix_space\": true",
                        "pre_tokenizer: found add_prefix_space true or absent"),
                Arguments.of(json, "\"use_regex\": true", "\"use_regex\": false", "pre_tokenizer: found use_regex false"),
                Arguments.of(json, "\"dropout\": null", "\"dropout\": 0.1", "model.dropout: found 0.1, expected null"),
                Arguments.of(json, "\"byte_fallback\": false", "\"ignore_merges\": true",
                        "model: found ignore_merges true"),
                Arguments.of(json, "\"end_of_word_suffix\": \"\"", "\"end_of_word_suffix\": \"</w>\"",
                        "model.end_of_word_suffix: found \"</w>\""),
                Arguments.of(json, "\"single_word\": false", "\"single_word\": true",
                        "added_tokens.[0]: found single_word true"),
                Arguments.of(json, "\"lstrip\": false", "\"lstrip\": \"yes\"",
                        "added_tokens.[0].lstrip: found \"yes\", expected true or false"),
                Arguments.of(json, "\"id\": 599", "\"id\": 5.5", "added_tokens.[0].id: found 5.5, expected a 32-bit integer"),
                Arguments.of(json, "\"id\": 599", "\"id\": 612",
                        "added_tokens.[0]: found id 612 for \"<|endoftext|>\", expected id 599 as in"),
                Arguments.of(json, "\"id\": 611", "\"id\": 610", "added_tokens.[12]: found duplicate id 610 for \"[SEG]\""),
                Arguments.of(json, "\"!\": 0", "\"!\": 2147483647",
                        "found id 2147483647 for \"!\", expected ids 0 to 611, as there are 612 tokens"),
                Arguments.of(json, "\"!\": 0", "\"!\": -1", "found id -1 for \"!\", expected ids 0 to 611"),
                Arguments.of(json, "\"!\": 0", "\"!\": 1", "found duplicate id 1 for"),
                Arguments.of(json, "\"!\": 0", "\"\\\"\": 0", "content: found \"Duplicate field"),
                Arguments.of(json, "\"!\": 0", "\"\": 0", "model.vocab.\"\": found \"\", expected a token"),
                Arguments.of(json, "\"content\": \"[SEG]\"", "\"content\": \"\\ud800\"",
                        "expected a token of at least one character"),
                Arguments.of(json, "\"!\": 0", "\"!!\": 0", "vocabulary: found no !, expected a token for each of 256 bytes"),
                Arguments.of(json, "\"\u0120 t\"", "\"\u0120 \u2603\"",
                        "model.merges.[0]: found \"\u2603\", expected tokens of the vocabulary"),
                Arguments.of(json, "\"\u0120 t\"", "\"Q Z\"",
                        "model.merges.[0]: found \"QZ\", expected tokens of the vocabulary"),
                Arguments.of(json, "\"\u0120 t\"", "\"\u0120t\"", "model.merges.[0]: found \"\u0120t\", expected two tokens"),
                Arguments.of(json, "\"\u0120 t\"", "\"h e\"", "model.merges.[1]: found a merge that an earlier one has"),
                Arguments.of(json, "\"\u0120 t\"", "[\"\u0120\"]", "model.merges.[0]: found 1 elements, expected two tokens"),
                Arguments.of(json, "\"\u0120 t\"", "7", "model.merges.[0]: found 7, expected a string"),
                Arguments.of(json, "\"added_tokens\": [", "\"added_tokens\": 1, \"x\": [",
                        "added_tokens: found 1, expected an array"),
                Arguments.of(json, "\"model\": {", "\"model\": [], \"x\": {", "model: found an array, expected an object"),
                Arguments.of(json, "\"version\": \"1.0\"", "\"version\": " + "[".repeat(5000), "Document nesting depth"),
                Arguments.of("tokenizer_config.json", "\"eos_token\": \"<|endoftext|>\"", "\"eos_token\": \"</s>\"",
                        "special_tokens_map.json: eos_token: found \"<|endoftext|>\", expected \"</s>\" as in"),
                Arguments.of("tokenizer_config.json", "\"CodeGenTokenizer\"", "\"LlamaTokenizer\"",
                        "tokenizer_class: found \"LlamaTokenizer\", expected one of"),
                Arguments.of("tokenizer_config.json", "\"add_bos_token\": false", "\"add_bos_token\": true",
                        "add_bos_token: found true, expected false"),
                Arguments.of("tokenizer_config.json", "\"model_max_length\": 2048", "\"model_max_length\": 0",
                        "model_max_length: found 0, expected a positive number"),
                Arguments.of("tokenizer_config.json", "\"611\":", "\"six\":",
                        "added_tokens_decoder.six: found \"six\", expected an id as the name"),
                Arguments.of("tokenizer_config.json", "\"611\":", "\"700\":", "expected id 611 as in"));
    }

    @ParameterizedTest
    @MethodSource("fastChanges")
    void refusesBadTokenizerJson(String file, String original, String replacement, String complaint) throws IOException {
        TokenizerGoldens.fast(TokenizerGoldens.MODEL_A, directory);
        change(file, original, replacement);
        refused(complaint);
    }

    static Stream<Arguments> slowChanges() {
        return Stream.of(
                Arguments.of("merges.txt", "#version: 0.2\n", "", "merges.txt: line 1: found"),
                Arguments.of("merges.txt", "h e\n", "h  e\n", "merges.txt: line 3: found \"h  e\", expected two tokens"),
                Arguments.of("merges.txt", "h e\n", "\n", "merges.txt: line 3: found \"\", expected two tokens"),
                Arguments.of("vocab.json", "\"!\":0", "\"!\":\"0\"", "found \"0\", expected a 32-bit integer"),
                Arguments.of("vocab.json", "{", "[{", "vocab.json: content: found"),
                Arguments.of("added_tokens.json", "\"[SEG]\": 611", "\"[SEG]\": 3",
                        "found id 3 for \"[SEG]\", expected id 611 as in"),
                Arguments.of("special_tokens_map.json", "\"pad_token\": {", "\"cls_token\": {\"content\": \"[CLS]\"}, \"x\": {",
                        "cls_token: found \"[CLS]\", expected a token to which some file gives an id"));
    }

    @ParameterizedTest
    @MethodSource("slowChanges")
    void refusesBadVocabularyAndMerges(String file, String original, String replacement, String complaint)
            throws IOException {
        TokenizerGoldens.slow(TokenizerGoldens.MODEL_A, directory);
        change(file, original, replacement);
        refused(complaint);
    }

    @Test
    void refusesATokenizerWithoutSegmentationToken() throws IOException {
        TokenizerGoldens.slow(TokenizerGoldens.MODEL_A, directory);
        change("added_tokens.json", "[SEG]", "[SEGMENT]");
        change("tokenizer_config.json", "[SEG]", "[SEGMENT]");
        refused("added tokens: found no [SEG], expected this token");
    }

    @Test
    void refusesMissingFiles() throws IOException {
        refused("vocab.json: found nothing, expected this file, or tokenizer.json instead");
        TokenizerGoldens.slow(TokenizerGoldens.MODEL_A, directory);
        Files.delete(directory.resolve("merges.txt"));
        refused("merges.txt: found nothing, expected this file, or tokenizer.json instead");
    }

    @Test
    void refusesWhatIsNotARegularFileOrTooBig() throws IOException {
        TokenizerGoldens.fast(TokenizerGoldens.MODEL_A, directory);
        Path file = directory.resolve("tokenizer.json");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        refused("tokenizer.json: size: found more, expected at most 16777216 bytes");
        Files.delete(file);
        Files.createDirectory(file);
        refused("tokenizer.json: file: found something else, expected a regular file");
    }

    @Test
    void boundsMemoryForManyJsonTokensAndLongAddedTokens() throws IOException {
        TokenizerGoldens.fast(TokenizerGoldens.MODEL_A, directory);
        change("tokenizer.json", "\"version\": \"1.0\"", "\"version\": [0" + ",[]".repeat(2_000_000) + "]");
        refused("Token count");
        Files.delete(directory.resolve("tokenizer.json"));
        Files.copy(TokenizerGoldens.path("model-a/tokenizer.json"), directory.resolve("tokenizer.json"));
        change("tokenizer.json", "\"content\": \"[SEG]\"", "\"content\": \"" + "x".repeat(1 << 16) + "\"");
        refused("expected at most 65536 characters in all added tokens");
    }

    @Test
    void refusesCutAndUndecodableFiles() throws IOException {
        TokenizerGoldens.slow(TokenizerGoldens.MODEL_A, directory);
        Path merges = directory.resolve("merges.txt");
        byte[] bytes = Files.readAllBytes(merges);
        Files.write(merges, Arrays.copyOf(bytes, bytes.length - 1));
        refused("merges.txt: last line: found no line break");
        bytes[100] = (byte) 0xFF;
        Files.write(merges, bytes);
        refused("merges.txt: content: found bytes that are not UTF-8, expected UTF-8");
    }

    /** Any damage is either harmless or a TokenizerException, never another exception. */
    @ParameterizedTest
    @ValueSource(strings = { "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
            "vocab.json", "merges.txt" })
    void damagedFilesGiveNoOtherException(String name) throws IOException {
        if (name.equals("tokenizer.json")) {
            TokenizerGoldens.fast(TokenizerGoldens.MODEL_B, directory);
        } else {
            TokenizerGoldens.slow(TokenizerGoldens.MODEL_B, directory);
        }
        Random random = new Random(name.hashCode());
        byte[] whole = Files.readAllBytes(directory.resolve(name));
        for (int i = 0; i < 300; i++) {
            Files.write(directory.resolve(name), damage(whole, random));
            assertThatCode(this::loadOrRefuse).doesNotThrowAnyException();
        }
    }

    @Test
    void defaultsToEndOfTextWithoutConfiguration() throws IOException {
        TokenizerGoldens.slow(TokenizerGoldens.MODEL_A, directory);
        Files.delete(directory.resolve("tokenizer_config.json"));
        Files.delete(directory.resolve("special_tokens_map.json"));
        Tokenizer tokenizer = Tokenizer.load(directory);
        assertThat(List.of(tokenizer.endOfText(), tokenizer.padding(), tokenizer.segmentationToken()))
                .containsExactly(599, 599, 611);
        assertThat(tokenizer.encode("<|endoftext|>[SEG]")).containsExactly(599, 611);
        assertThat(tokenizer.decode(new int[] { 599, 611 }, true)).isEqualTo("[SEG]");
    }

    @Test
    void readsMergesAsPairsToo() throws IOException {
        Path pairs = Files.createDirectory(directory.resolve("pairs"));
        Tokenizer expected = Tokenizer.load(TokenizerGoldens.fast(TokenizerGoldens.MODEL_A, directory));
        TokenizerGoldens.fast(TokenizerGoldens.MODEL_A, pairs);
        Path file = pairs.resolve("tokenizer.json");
        String[] parts = Files.readString(file).split("\"merges\": ", 2);
        String merges = parts[1].replaceAll("\"(\\S+) (\\S+)\"", "[\"$1\", \"$2\"]");
        Files.writeString(file, parts[0] + "\"merges\": " + merges);
        assertThat(merges).isNotEqualTo(parts[1]);
        String text = "the woman in red on the left of the window";
        assertThat(Tokenizer.load(pairs).encode(text)).isEqualTo(expected.encode(text));
    }

    private void loadOrRefuse() throws IOException {
        try {
            Tokenizer.load(directory).encode("the dog [SEG]");
        } catch (TokenizerException e) {
            assertThat(e.getMessage()).contains("found", "expected").hasSizeLessThan(1000);
        }
    }

    private static byte[] damage(byte[] whole, Random random) {
        byte[] bytes = random.nextInt(4) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        byte[] odd = "{}[]\",:\\0129 -e\n\u0000\u00FF".getBytes(StandardCharsets.ISO_8859_1);
        for (int n = random.nextInt(4); n >= 0 && bytes.length > 0; n--) {
            bytes[random.nextInt(bytes.length)] = odd[random.nextInt(odd.length)];
        }
        return bytes;
    }

    private void change(String name, String original, String replacement) throws IOException {
        Path file = directory.resolve(name);
        String content = Files.readString(file);
        int found = content.indexOf(original);
        assertThat(found).as("%s in %s", original, name).isNotNegative();
        Files.writeString(file, content.substring(0, found) + replacement + content.substring(found + original.length()));
    }

    private void refused(String complaint) {
        assertThatExceptionOfType(TokenizerException.class).isThrownBy(() -> Tokenizer.load(directory))
                .withMessageContaining(complaint);
    }
}
