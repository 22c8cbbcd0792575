package io.instructseg.engine.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The tokenizers and cases among the goldens, each tokenizer readable both ways. */
final class TokenizerGoldens {

    static final ObjectMapper MAPPER = new ObjectMapper();
    static final String MODEL_A = "model-a";
    static final String MODEL_B = "model-b";
    static final String PHI2 = "phi2-tokenizer/tokenizer";
    static final String PHI2_PAD = "phi2-tokenizer/tokenizer-pad-variant";

    private static final List<String> SLOW = List.of("vocab.json", "merges.txt", "added_tokens.json");
    private static final List<String> CONFIG = List.of("tokenizer_config.json", "special_tokens_map.json");

    private TokenizerGoldens() {
    }

    static Path path(String name) {
        return Path.of(System.getProperty("instructseg.test-data"), "golden", name);
    }

    static JsonNode json(String name) {
        return json(path(name));
    }

    static JsonNode json(Path file) {
        try {
            return MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }

    static List<String> strings(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::textValue).toList();
    }

    /** The files of a tokenizer without {@code tokenizer.json}. */
    static Path slow(String tokenizer, Path directory) throws IOException {
        for (String name : SLOW) {
            Path own = path(tokenizer).resolve(name);
            // The variant with its own padding token shares vocabulary and merges with the other.
            Files.copy(Files.exists(own) ? own : path(PHI2).resolve(name), directory.resolve(name));
        }
        copyConfig(tokenizer, directory);
        return directory;
    }

    /** The files of a tokenizer with {@code tokenizer.json} instead of vocabulary, merges and added tokens. */
    static Path fast(String tokenizer, Path directory) throws IOException {
        Path file = path(tokenizer).resolve("tokenizer.json");
        if (Files.exists(file)) {
            Files.copy(file, directory.resolve("tokenizer.json"));
        } else {
            MAPPER.writeValue(directory.resolve("tokenizer.json").toFile(), rebuilt(path(tokenizer)));
        }
        copyConfig(tokenizer, directory);
        return directory;
    }

    private static void copyConfig(String tokenizer, Path directory) throws IOException {
        for (String name : CONFIG) {
            Files.copy(path(tokenizer).resolve(name), directory.resolve(name));
        }
    }

    /** Phi-2's file of 2.1 MB is not in the repository; it has model A's frame and the content of the other files. */
    private static JsonNode rebuilt(Path tokenizer) throws IOException {
        ObjectNode root = json(MODEL_A + "/tokenizer.json").deepCopy();
        ArrayNode added = root.putArray("added_tokens");
        json(tokenizer.resolve("tokenizer_config.json")).get("added_tokens_decoder").properties()
                .forEach(token -> added.add(token.getValue().<ObjectNode> deepCopy()
                        .put("id", Integer.parseInt(token.getKey()))));
        ObjectNode model = (ObjectNode) root.get("model");
        model.set("vocab", json(path(PHI2).resolve("vocab.json")));
        List<String> lines = Files.readAllLines(path(PHI2).resolve("merges.txt"));
        model.set("merges", MAPPER.valueToTree(lines.subList(1, lines.size())));
        return root;
    }
}
