package io.instructseg.conversion;

import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** A JSON object that nobody vouches for, read by paths such as {@code swin.depths}. */
final class ConfigFile {

    private static final long MAX_BYTES = 16 << 20;
    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Path file;
    private final JsonNode root;

    private ConfigFile(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /**
     * Reads a file; an absent one is an empty object.
     *
     * @throws ConversionException if it is no file, too long, or anything but one JSON object without duplicate fields
     */
    static ConfigFile readIfPresent(Path file) throws IOException {
        if (!Files.exists(file)) {
            return empty(file);
        }
        if (!Files.isRegularFile(file)) {
            throw new ConversionException(file + " is no file");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new ConversionException(file + " has " + Files.size(file) + " bytes, more than " + MAX_BYTES);
        }
        byte[] json = Files.readAllBytes(file);
        try {
            JsonNode root = MAPPER.readTree(json);
            if (root == null || !root.isObject()) {
                throw new ConversionException(file + " holds no JSON object");
            }
            return new ConfigFile(file, root);
        } catch (JsonProcessingException e) {
            throw new ConversionException(file + " is malformed: " + e.getOriginalMessage(), e);
        } catch (CharConversionException e) {
            throw new ConversionException(file + " is malformed: " + e.getMessage(), e);
        }
    }

    static ConfigFile empty(Path file) {
        return new ConfigFile(file, MAPPER.createObjectNode());
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

    /** A string; none if the value is something else. */
    Optional<String> text(String path) throws ConversionException {
        return Optional.ofNullable(node(path).textValue());
    }

    /** A list of strings; none if the value is absent, null or one string. */
    List<String> strings(String path) throws ConversionException {
        JsonNode node = node(path);
        if (node.isMissingNode() || node.isNull() || node.isTextual()) {
            return List.of();
        }
        List<String> values = new ArrayList<>();
        for (JsonNode element : node) {
            values.add(element.asText());
        }
        if (!node.isArray() || values.size() > 100_000) {
            throw unexpected(path, node, "a list of names");
        }
        return values;
    }

    /** The keys of the object. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        root.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Whether there is such a value, and it is neither null, false, nor empty. */
    boolean isSet(String name) {
        JsonNode node = root.path(name);
        return !node.isMissingNode() && !node.isNull() && !(node.isBoolean() && !node.booleanValue())
                && !(node.isContainerNode() && node.isEmpty());
    }

    /** Fails unless the value is absent, null, or one of these. */
    void expectOneOf(String path, Object... values) throws ConversionException {
        JsonNode node = node(path);
        if (!node.isMissingNode() && !node.isNull()
                && Stream.of(values).map(MAPPER::<JsonNode> valueToTree).noneMatch(node::equals)) {
            throw unexpected(path, node, "one of " + List.of(values));
        }
    }

    /** Fails unless the value is absent, null, or as the official model has it: the graph knows nothing else. */
    void expect(String path, Object official) throws ConversionException {
        JsonNode node = node(path);
        if (!node.isMissingNode() && !node.isNull() && !node.equals(MAPPER.valueToTree(official))) {
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

    /** The file. */
    @Override
    public String toString() {
        return file.toString();
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

    private JsonNode node(String path) throws ConversionException {
        JsonNode node = root;
        String parent = "";
        for (String name : path.split("\\.")) {
            if (!node.isObject() && !node.isMissingNode() && !node.isNull()) {
                throw unexpected(parent, node, "an object");
            }
            node = node.path(name);
            parent = parent.isEmpty() ? name : parent + "." + name;
        }
        return node;
    }
}
