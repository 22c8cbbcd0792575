package io.instructseg.engine.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * The same tokens as GPT-2's own {@code encoder.py} makes them: in each word the pair of lowest rank is looked for among all,
 * merged wherever it is, and looked for again. Nothing is remembered of a word. Knows no added tokens.
 */
final class PlainBytePairs {

    private static final Pattern WORD = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    private record Pair(String left, String right) {
    }

    private final Map<String, Integer> vocabulary;
    private final Map<Pair, Integer> ranks = new HashMap<>();
    private final String[] symbols = symbols();

    /** @param directory with {@code vocab.json} and {@code merges.txt} */
    PlainBytePairs(Path directory) throws IOException {
        vocabulary = new ObjectMapper().readValue(directory.resolve("vocab.json").toFile(), new TypeReference<>() {
        });
        List<String> lines = Files.readAllLines(directory.resolve("merges.txt"));
        for (String line : lines.subList(1, lines.size())) {
            String[] pair = line.split(" ");
            ranks.put(new Pair(pair[0], pair[1]), ranks.size());
        }
    }

    /** GPT-2's printable stand-in for each byte. */
    private static String[] symbols() {
        String[] symbols = new String[256];
        char next = 256;
        for (int b = 0; b < symbols.length; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            symbols[b] = String.valueOf(printable ? (char) b : next++);
        }
        return symbols;
    }

    int[] encode(String text) {
        List<Integer> ids = new ArrayList<>();
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            merge(words.group()).forEach(token -> ids.add(vocabulary.get(token)));
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private List<String> merge(String word) {
        List<String> tokens = new ArrayList<>();
        for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
            tokens.add(symbols[b & 255]);
        }
        for (Pair best = best(tokens); best != null; best = best(tokens)) {
            for (int i = 0; i < tokens.size() - 1; i++) {
                if (tokens.get(i).equals(best.left) && tokens.get(i + 1).equals(best.right)) {
                    tokens.set(i, best.left + best.right);
                    tokens.remove(i + 1);
                }
            }
        }
        return tokens;
    }

    /** Null if no neighbours have a merge. */
    private Pair best(List<String> tokens) {
        Pair best = null;
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < tokens.size() - 1; i++) {
            Pair pair = new Pair(tokens.get(i), tokens.get(i + 1));
            int rank = ranks.getOrDefault(pair, Integer.MAX_VALUE);
            if (rank < lowest) {
                lowest = rank;
                best = pair;
            }
        }
        return best;
    }
}
