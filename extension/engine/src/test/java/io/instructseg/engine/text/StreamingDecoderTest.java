package io.instructseg.engine.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamingDecoderTest {

    @TempDir
    Path directory;

    /** Any ids: bytes that are no UTF-8, special tokens within a character, ids that there are not. */
    @ParameterizedTest
    @ValueSource(strings = { TokenizerGoldens.MODEL_A, TokenizerGoldens.MODEL_B, TokenizerGoldens.PHI2,
            TokenizerGoldens.PHI2_PAD })
    void piecesAreTheTextOfAllTokens(String name) throws IOException {
        Tokenizer tokenizer = Tokenizer.load(TokenizerGoldens.slow(name, directory));
        Random random = new Random(7);
        int[] bytes = IntStream.range(0, 256).map(b -> tokenizer.id(ByteAlphabet.symbol(b)).orElseThrow()).toArray();
        for (int i = 0; i < 3000; i++) {
            int[] ids = IntStream.range(0, random.nextInt(24)).map(n -> switch (random.nextInt(8)) {
                case 0 -> random.nextInt(tokenizer.size() + 9) - 3;
                case 1 -> tokenizer.endOfText();
                case 2 -> bytes[random.nextInt(128)];
                case 3, 4 -> bytes[0xE0 + random.nextInt(32)];
                default -> bytes[0x80 + random.nextInt(64)];
            }).toArray();
            assertStreams(tokenizer, ids);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { TokenizerGoldens.MODEL_A, TokenizerGoldens.PHI2 })
    void textsComeBackWholeCharacterByCharacter(String name) throws IOException {
        Tokenizer tokenizer = Tokenizer.load(TokenizerGoldens.slow(name, directory));
        String text = "caf\u00E9 \u72AC\uC67C\uCABD \uD83D\uDC15\uD83D\uDE00 \u0085\uFFFD\uDBFF\uDFFF end";
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        StringBuilder all = new StringBuilder();
        for (int id : tokenizer.encode(text)) {
            String piece = decoder.accept(id);
            assertThat(piece.codePoints()).noneMatch(Utf8::isSurrogate);
            all.append(piece);
        }
        assertThat(decoder.end()).isEmpty();
        assertThat(all).hasToString(text);
    }

    @Test
    void whatCanNoMoreBeCompletedComesAtOnce() throws IOException {
        Tokenizer tokenizer = Tokenizer.load(TokenizerGoldens.slow(TokenizerGoldens.MODEL_A, directory));
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        assertThat(accept(decoder, tokenizer, 0xF0)).isEmpty();
        assertThat(accept(decoder, tokenizer, 0x9F)).isEmpty();
        assertThat(accept(decoder, tokenizer, 'a')).isEqualTo("\uFFFDa");
        assertThat(accept(decoder, tokenizer, 0x80)).isEqualTo("\uFFFD");
        assertThat(accept(decoder, tokenizer, 0xED)).isEmpty();
        assertThat(accept(decoder, tokenizer, 0xA0)).as("a surrogate").isEqualTo("\uFFFD\uFFFD");
        assertThat(accept(decoder, tokenizer, 0xE2)).isEmpty();
        assertThat(accept(decoder, tokenizer, 0x82)).isEmpty();
        assertThat(decoder.end()).isEqualTo("\uFFFD");
        assertThat(decoder.end()).isEmpty();
    }

    private static String accept(StreamingDecoder decoder, Tokenizer tokenizer, int value) {
        return decoder.accept(tokenizer.id(ByteAlphabet.symbol(value)).orElseThrow());
    }

    /** After each token all is there but a character that is not complete. */
    private static void assertStreams(Tokenizer tokenizer, int[] ids) {
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < ids.length; i++) {
            all.append(decoder.accept(ids[i]));
            String soFar = tokenizer.decode(Arrays.copyOf(ids, i + 1), true);
            assertThat(all.toString()).isIn(soFar, soFar.substring(0, Math.max(0, soFar.length() - 1)));
        }
        all.append(decoder.end());
        assertThat(all).as("%s", Arrays.toString(ids)).hasToString(tokenizer.decode(ids, true));
    }
}
