package io.instructseg.engine.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The tokenizer of a checkpoint: GPT-2's byte-level BPE with added tokens, with the results of the official
 * {@code CodeGenTokenizerFast}. Immutable and safe for use by several threads. Encoding a text of n characters takes
 * O(n log n), whatever the text.
 */
public final class Tokenizer {

    static final String SEGMENTATION_TOKEN = "[SEG]";

    private static final String[][] CLEAN_UP = { { " .", "." }, { " ?", "?" }, { " !", "!" }, { " ,", "," }, { " ' ", "'" },
            { " n't", "n't" }, { " 'm", "'m" }, { " 's", "'s" }, { " 've", "'ve" }, { " 're", "'re" } };

    private final Vocabulary vocabulary;
    private final Map<String, AddedToken> added;
    private final AddedTokens verbatim;
    private final AddedTokens normalized;
    private final AddedTokens plainVerbatim;
    private final AddedTokens plainNormalized;
    private final BytePairEncoding merges;
    private final int endOfText;
    private final int padding;
    private final int segmentationToken;
    private final int maxLength;

    private Tokenizer(TokenizerFiles files, String directory) throws TokenizerException {
        vocabulary = files.vocabulary.build();
        added = Map.copyOf(files.added);
        verbatim = new AddedTokens(files.added(false));
        normalized = new AddedTokens(files.added(true));
        plainVerbatim = new AddedTokens(files.added(false).stream().filter(Tokenizer::isPlain).toList());
        plainNormalized = new AddedTokens(files.added(true).stream().filter(Tokenizer::isPlain).toList());
        merges = merges(files, directory);
        endOfText = addedId(files.special.endOfText(), directory);
        padding = addedId(files.special.padding(), directory);
        segmentationToken = addedId(SEGMENTATION_TOKEN, directory);
        maxLength = files.maxLength;
    }

    /**
     * Reads the tokenizer files of a checkpoint or a model: {@code tokenizer.json}, or {@code vocab.json} and
     * {@code merges.txt}; beside them, where present, {@code added_tokens.json}, {@code tokenizer_config.json} and
     * {@code special_tokens_map.json}.
     *
     * @throws TokenizerException if a file is missing, malformed, too big, contradicts another or asks for what is not
     *         supported, or if {@code [SEG]} is not among the added tokens
     * @throws IOException if a file cannot be read
     */
    public static Tokenizer load(Path directory) throws IOException {
        return new Tokenizer(new TokenizerFiles(directory), directory.toString());
    }

    /** Token ids of any text; nothing is added or stripped. A lone surrogate counts as three U+FFFD. */
    public int[] encode(String text) {
        return encode(text, verbatim, normalized);
    }

    /**
     * Token ids of a text in which special tokens and {@code [SEG]} are the characters that they are written with: it can't
     * contain the end of a text, as what {@link #encode} takes can.
     */
    public int[] encodePlain(String text) {
        return encode(text, plainVerbatim, plainNormalized);
    }

    private int[] encode(String text, AddedTokens first, AddedTokens second) {
        IntStream.Builder ids = IntStream.builder();
        first.split(Utf8.replaceLoneSurrogates(text), piece -> second.split(piece, words -> encodeWords(words, ids), ids), ids);
        return ids.build().toArray();
    }

    private static boolean isPlain(AddedToken token) {
        return !token.special() && !token.content().equals(SEGMENTATION_TOKEN);
    }

    /**
     * The text of token ids, without clean-up. Ids that the vocabulary lacks are dropped; bytes that are no UTF-8 become
     * U+FFFD.
     *
     * @param skipSpecialTokens whether to leave out special tokens, such as {@code <|endoftext|>} ({@code [SEG]} is none)
     */
    public String decode(int[] ids, boolean skipSpecialTokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(bytes(id, skipSpecialTokens));
        }
        return Utf8.decode(bytes.toByteArray());
    }

    /** What a token adds to the bytes of a text. */
    byte[] bytes(int id, boolean skipSpecialTokens) {
        String token = vocabulary.token(id);
        return token == null || skipSpecialTokens && isSpecial(token) ? new byte[0] : ByteAlphabet.bytes(token);
    }

    /** Removes blanks before punctuation, as the official decoding does by default ({@code clean_up_tokenization_spaces}). */
    public static String cleanUp(String decoded) {
        String clean = decoded;
        for (String[] replacement : CLEAN_UP) {
            clean = clean.replace(replacement[0], replacement[1]);
        }
        return clean;
    }

    /** The number of tokens, the added ones included: the rows that a checkpoint's embedding must have. */
    public int size() {
        return vocabulary.size();
    }

    /** The most characters of a text that are one token. */
    public int longestToken() {
        return vocabulary.longest();
    }

    /** The id of exactly this token; byte-level tokens are in GPT-2's alphabet. */
    public OptionalInt id(String token) {
        return vocabulary.id(token);
    }

    /** The id of {@code [SEG]}. */
    public int segmentationToken() {
        return segmentationToken;
    }

    /** The id of the token that ends a text. */
    public int endOfText() {
        return endOfText;
    }

    /** The id of the padding token, which may be {@link #endOfText}. */
    public int padding() {
        return padding;
    }

    /** {@code model_max_length}: the ids that a prompt may have, a picture being one. */
    public int maxLength() {
        return maxLength;
    }

    private boolean isSpecial(String token) {
        AddedToken addedToken = added.get(token);
        return addedToken != null && addedToken.special();
    }

    private void encodeWords(String text, IntConsumer ids) {
        int start = 0;
        while (start < text.length()) {
            int end = PreTokenizer.wordEnd(text, start);
            merges.encode(text.substring(start, end).getBytes(StandardCharsets.UTF_8), ids);
            start = end;
        }
    }

    private int addedId(String token, String directory) throws TokenizerException {
        AddedToken addedToken = added.get(token);
        if (addedToken == null) {
            throw new TokenizerException(directory, "added tokens", "no " + token, "this token");
        }
        return addedToken.id();
    }

    private BytePairEncoding merges(TokenizerFiles files, String directory) throws TokenizerException {
        int[] byteIds = new int[256];
        for (int b = 0; b < byteIds.length; b++) {
            String symbol = ByteAlphabet.symbol(b);
            byteIds[b] = vocabulary.id(symbol).orElseThrow(
                    () -> new TokenizerException(directory, "vocabulary", "no " + symbol, "a token for each of 256 bytes"));
        }
        Map<Long, Integer> ranks = new HashMap<>(2 * files.merges.size());
        int[] merged = new int[files.merges.size()];
        for (int rank = 0; rank < merged.length; rank++) {
            Merge merge = files.merges.get(rank);
            long pair = BytePairEncoding.pair(known(merge.left(), merge), known(merge.right(), merge));
            merged[rank] = known(merge.left() + merge.right(), merge);
            if (ranks.putIfAbsent(pair, rank) != null) {
                throw merge.source().error("a merge that an earlier one has", "each merge once");
            }
        }
        return new BytePairEncoding(byteIds, ranks, merged);
    }

    private int known(String token, Merge merge) throws TokenizerException {
        return vocabulary.id(token).orElseThrow(
                () -> merge.source().error(JsonField.quote(token), "tokens of the vocabulary, their union too"));
    }
}
