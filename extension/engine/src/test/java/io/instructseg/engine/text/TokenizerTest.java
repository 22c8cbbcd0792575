package io.instructseg.engine.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

/** Ids and texts of the official fast tokenizer, for each tokenizer read both ways. */
class TokenizerTest {

    @TempDir
    Path fastDirectory;
    @TempDir
    Path slowDirectory;

    @ParameterizedTest
    @CsvSource({ "model-a, cases.json, 310, 150", "model-b, cases-b.json, 310, 150" })
    void encodesAndDecodesAsTheSmallModels(String model, String cases, int encodings, int decodings) throws IOException {
        JsonNode golden = TokenizerGoldens.json("tokenizer/" + cases);
        assertThat(golden.get("encode")).hasSize(encodings);
        assertThat(golden.get("decode")).hasSize(decodings);
        for (Tokenizer tokenizer : bothWays(model)) {
            checkInfo(tokenizer, golden.get("info"));
            checkEncodings(tokenizer, golden.get("encode"));
            for (JsonNode decode : golden.get("decode")) {
                checkDecoding(tokenizer, decode, false, "text", "text_cleaned");
                checkDecoding(tokenizer, decode, true, "text_skip_special", "text_skip_special_cleaned");
            }
        }
    }

    @Test
    void encodesAndDecodesAsPhi2() throws IOException {
        JsonNode golden = TokenizerGoldens.json("phi2-tokenizer/cases.json");
        assertThat(golden.get("encode")).hasSize(644);
        assertThat(golden.get("decode")).hasSize(107);
        for (Tokenizer tokenizer : bothWays(TokenizerGoldens.PHI2)) {
            assertThat(tokenizer.size()).isEqualTo(50296);
            assertThat(tokenizer.segmentationToken()).isEqualTo(50295);
            assertThat(tokenizer.endOfText()).isEqualTo(50256);
            assertThat(tokenizer.padding()).isEqualTo(50256);
            checkEncodings(tokenizer, golden.get("encode"));
            for (JsonNode decode : golden.get("decode")) {
                checkDecoding(tokenizer, decode, false, "keep_raw", "keep_clean");
                // Of ids out of range the golden tells no more than this.
                if (decode.has("skip_raw")) {
                    checkDecoding(tokenizer, decode, true, "skip_raw", "skip_clean");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { TokenizerGoldens.MODEL_A, TokenizerGoldens.MODEL_B, TokenizerGoldens.PHI2,
            TokenizerGoldens.PHI2_PAD })
    void bothWaysAgreeAndAnyTextSurvives(String name) throws IOException {
        Tokenizer[] tokenizers = bothWays(name);
        assertThat(tokenizers[0].size()).isEqualTo(tokenizers[1].size());
        Random random = new Random(20241214);
        for (int i = 0; i < 3000; i++) {
            String text = randomText(random);
            int[] ids = tokenizers[0].encode(text);
            assertThat(tokenizers[1].encode(text)).isEqualTo(ids);
            assertThat(tokenizers[0].decode(ids, false)).isEqualTo(Utf8.replaceLoneSurrogates(text));
        }
    }

    @Test
    void decodesAnyIds() throws IOException {
        Tokenizer tokenizer = Tokenizer.load(TokenizerGoldens.slow(TokenizerGoldens.PHI2, slowDirectory));
        int[] any = new Random(7).ints(10_000).toArray();
        assertThat(tokenizer.decode(any, false)).isEqualTo(tokenizer.decode(inRange(any, tokenizer.size()), false));
        assertThat(tokenizer.decode(new int[] { Integer.MIN_VALUE, -1, 50296, Integer.MAX_VALUE }, false)).isEmpty();
    }

    @Test
    void hugeWordsTakeNoQuadraticTime() throws IOException {
        Tokenizer tokenizer = Tokenizer.load(TokenizerGoldens.slow(TokenizerGoldens.PHI2, slowDirectory));
        Random random = new Random(1);
        String letters = random.ints(1 << 20, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        for (String word : new String[] { letters, "a".repeat(1 << 20), "\n".repeat(1 << 20), "'".repeat(1 << 20),
                " ".repeat(1 << 20), "[SE".repeat(1 << 18), "\uD800".repeat(1 << 18) }) {
            int[] ids = assertTimeoutPreemptively(Duration.ofSeconds(60), () -> tokenizer.encode(word));
            assertThat(tokenizer.decode(ids, false)).isEqualTo(Utf8.replaceLoneSurrogates(word));
        }
    }

    @Test
    void tellsIdsOfTokens() throws IOException {
        Tokenizer tokenizer = Tokenizer.load(TokenizerGoldens.slow(TokenizerGoldens.PHI2, slowDirectory));
        assertThat(tokenizer.id("!")).hasValue(0);
        assertThat(tokenizer.id("<|endoftext|>")).hasValue(50256);
        assertThat(tokenizer.id("[SEG]")).hasValue(50295);
        assertThat(tokenizer.id("[PAD]")).isEmpty();
    }

    private Tokenizer[] bothWays(String name) throws IOException {
        return new Tokenizer[] { Tokenizer.load(TokenizerGoldens.fast(name, fastDirectory)),
                Tokenizer.load(TokenizerGoldens.slow(name, slowDirectory)) };
    }

    private static void checkInfo(Tokenizer tokenizer, JsonNode info) {
        assertThat(tokenizer.size()).isEqualTo(info.get("length").intValue());
        assertThat(tokenizer.segmentationToken()).isEqualTo(info.get("seg_token_id").get(0).intValue());
        assertThat(tokenizer.endOfText()).isEqualTo(info.get("eos_token_id").intValue());
        assertThat(tokenizer.padding()).isEqualTo(info.get("pad_token_id").intValue());
        assertThat(tokenizer.maxLength()).isEqualTo(info.get("model_max_length").intValue());
        info.get("added_tokens").properties().forEach(
                token -> assertThat(tokenizer.id(token.getKey())).hasValue(token.getValue().intValue()));
    }

    private static void checkEncodings(Tokenizer tokenizer, JsonNode cases) {
        SoftAssertions softly = new SoftAssertions();
        for (JsonNode encode : cases) {
            softly.assertThat(tokenizer.encode(encode.get("text").textValue())).as("%s", encode)
                    .isEqualTo(TokenizerGoldens.ints(encode.get("ids")));
        }
        softly.assertAll();
    }

    private static void checkDecoding(Tokenizer tokenizer, JsonNode decode, boolean skip, String raw, String clean) {
        String text = tokenizer.decode(TokenizerGoldens.ints(decode.get("ids")), skip);
        assertThat(text).as("%s", decode).isEqualTo(decode.get(raw).textValue());
        // Where the clean text is left out, it is the raw one.
        assertThat(Tokenizer.cleanUp(text)).as("%s", decode)
                .isEqualTo(decode.path(clean).asText(decode.get(raw).textValue()));
    }

    private static int[] inRange(int[] ids, int size) {
        return Arrays.stream(ids).filter(id -> id >= 0 && id < size).toArray();
    }

    /** Pieces that stress the rules: added tokens and parts of them, white space, contractions, any UTF-16 unit. */
    private static String randomText(Random random) {
        String[] pieces = { " ", "  ", "\t", "\n", "\r\n", "\u00A0", "\u0085", "\u001C", "[SEG]", "[SE", "<|endoftext|>",
                "<|end", "[PAD]", "'s", "'LL", "'", "don't", "the", " woman", "12", "\u00BD", "caf\u00E9", "e\u0301",
                "\uD83D\uDE00", "\uC67C\uCABD", "\u200D", "\uFEFF", "\uFFFD", "<image>", "\u0120", ".", ", " };
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(12); n > 0; n--) {
            switch (random.nextInt(4)) {
                case 0 -> text.append((char) random.nextInt(0x10000));
                case 1 -> text.appendCodePoint(random.nextInt(0x110000));
                default -> text.append(pieces[random.nextInt(pieces.length)]);
            }
        }
        return text.toString();
    }
}
