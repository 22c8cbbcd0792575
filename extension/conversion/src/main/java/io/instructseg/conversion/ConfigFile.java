package io.instructseg.conversion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** A JSON object that nobody vouches for, read by paths such as {@code swin.depths}. */
final class ConfigFile {

    private static final long MAX_BYTES = 16 << 20;

    private final Path file;
    private final JsonNode root;

    private ConfigFile(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /** Reads a file; an absent one is an empty object. */
    static ConfigFile readIfPresent(Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        if (!Files.exists(file)) {
            return new ConfigFile(file, mapper.createObjectNode());
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new ConversionException(file + " has " + Files.size(file) + " bytes, more than " + MAX_BYTES);
        }
        try {
            JsonNode root = mapper.readTree(Files.readAllBytes(file));
            if (root == null || !root.isObject()) {
                throw new ConversionException(file + " holds no JSON object");
            }
            return new ConfigFile(file, root);
        } catch (JsonProcessingException e) {
            throw new ConversionException(file + " is malformed: " + e.getOriginalMessage(), e);
        }
    }

    OptionalInt integer(String path) throws ConversionException {
        JsonNode node = node(path);
        if (node.isMissingNode() || node.isNull()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(integer(path, node));
    }

    OptionalDouble number(String path) throws ConversionException {
        JsonNode node = node(path);
        if (node.isMissingNode() || node.isNull()) {
            return OptionalDouble.empty();
        }
        if (!node.isNumber()) {
            throw unexpected(path, node, "a number");
        }
        return OptionalDouble.of(node.doubleValue());
    }

    Optional<List<Integer>> integers(String path) throws ConversionException {
        JsonNode node = node(path);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isArray() || node.size() > 1000) {
            throw unexpected(path, node, "a list of integers");
        }
        List<Integer> values = new ArrayList<>();
        for (JsonNode element : node) {
            values.add(integer(path, element));
        }
        return Optional.of(values);
    }

    /** Fails unless the value is absent, null, or as the official model has it: the graph knows nothing else. */
    void expect(String path, Object official) throws ConversionException {
        JsonNode node = node(path);
        if (!node.isMissingNode() && !node.isNull() && !node.asText().equals(official.toString())) {
            throw unexpected(path, node, official + ", as the official model has it");
        }
    }

    /** Fails unless the value is absent or null. */
    void expectNone(String path) throws ConversionException {
        JsonNode node = node(path);
        if (!node.isMissingNode() && !node.isNull()) {
            throw unexpected(path, node, "none, as the official model has it");
        }
    }

    private int integer(String path, JsonNode node) throws ConversionException {
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw unexpected(path, node, "an integer");
        }
        return node.intValue();
    }

    private ConversionException unexpected(String path, JsonNode found, String expected) {
        String text = found.toString();
        String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return new ConversionException(file + ": " + path + " is " + shown + ", expected " + expected);
    }

    private JsonNode node(String path) {
        JsonNode node = root;
        for (String name : path.split("\\.")) {
            node = node.path(name);
        }
        return node;
    }
}
