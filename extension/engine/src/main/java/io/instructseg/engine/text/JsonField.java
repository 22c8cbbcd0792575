package io.instructseg.engine.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;

/** A field of an untrusted JSON file, which knows where it stands so that every complaint names file and field. */
record JsonField(String file, String path, String name, JsonNode node) {

    /** Phi-2's largest file has 2.1 MB and 160 thousand JSON tokens. */
    static final int MAX_BYTES = 16 << 20;
    private static final int MAX_JSON_TOKENS = 2_000_000;
    private static final int MAX_NESTING = 32;
    private static final int MAX_QUOTED = 60;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxTokenCount(MAX_JSON_TOKENS).maxNestingDepth(MAX_NESTING).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The object that the file holds, or empty when there is no such file. */
    static Optional<JsonField> readIfPresent(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    static JsonField read(Path file) throws IOException {
        try {
            JsonNode node = MAPPER.readTree(readBytes(file));
            JsonField root = new JsonField(file.toString(), "", "", node);
            if (!node.isObject()) {
                throw root.wrong("an object");
            }
            return root;
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? ""
                    : " in line %d, column %d".formatted(
                            e.getLocation().getLineNr(), e.getLocation().getColumnNr());
            throw new TokenizerException(file.toString(), "content", quote(e.getOriginalMessage()) + where, "well-formed JSON");
        }
    }

    /** The content of a regular file of at most {@link #MAX_BYTES}; a pipe or a device would never end. */
    static byte[] readBytes(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new TokenizerException(file.toString(), "file", Files.exists(file) ? "something else" : "nothing",
                    "a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new TokenizerException(file.toString(), "size", "more", "at most " + MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }

    /** The member, or empty when it is absent or null. */
    Optional<JsonField> get(String member) throws TokenizerException {
        if (!node.isObject()) {
            throw wrong("an object");
        }
        JsonNode value = node.get(member);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(child(member, value));
    }

    JsonField require(String member) throws TokenizerException {
        Optional<JsonField> value = get(member);
        if (value.isEmpty()) {
            throw new TokenizerException(file, at(member), "nothing", "a value");
        }
        return value.get();
    }

    boolean flag(String member, boolean absent) throws TokenizerException {
        Optional<JsonField> value = get(member);
        if (value.isEmpty()) {
            return absent;
        }
        if (!value.get().node.isBoolean()) {
            throw value.get().wrong("true or false");
        }
        return value.get().node.booleanValue();
    }

    String text() throws TokenizerException {
        if (!node.isTextual()) {
            throw wrong("a string");
        }
        return node.textValue();
    }

    int integer() throws TokenizerException {
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw wrong("a 32-bit integer");
        }
        return node.intValue();
    }

    List<JsonField> elements() throws TokenizerException {
        if (!node.isArray()) {
            throw wrong("an array");
        }
        List<JsonField> elements = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            elements.add(child("[" + elements.size() + "]", element));
        }
        return elements;
    }

    List<JsonField> members() throws TokenizerException {
        if (!node.isObject()) {
            throw wrong("an object");
        }
        List<JsonField> members = new ArrayList<>(node.size());
        node.properties().forEach(member -> members.add(child(member.getKey(), member.getValue())));
        return members;
    }

    TokenizerException wrong(String expected) {
        return error(describe(), expected);
    }

    TokenizerException error(String found, String expected) {
        return new TokenizerException(file, path.isEmpty() ? "content" : path, found, expected);
    }

    static String quote(String text) {
        String start = text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...";
        return new TextNode(start).toString();
    }

    private String describe() {
        if (node.isTextual()) {
            return quote(node.textValue());
        }
        return node.isValueNode() ? node.asText() : node.isArray() ? "an array" : node.isObject() ? "an object" : "nothing";
    }

    private JsonField child(String member, JsonNode value) {
        return new JsonField(file, at(member), member, value);
    }

    private String at(String member) {
        boolean plain = member.length() <= MAX_QUOTED && member.matches("\\w+|\\[\\d+\\]");
        return (path.isEmpty() ? "" : path + ".") + (plain ? member : quote(member));
    }
}
