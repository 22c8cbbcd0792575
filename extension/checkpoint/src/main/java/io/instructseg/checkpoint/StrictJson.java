package io.instructseg.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;

/** Streams a JSON object out of a file: UTF-8, no duplicate keys, nothing after it, bounded depth and names. */
final class StrictJson {

    /** Of tensors in a checkpoint; large language models have some thousands. */
    static final int MOST_TENSORS = 100_000;

    private static final int DEEPEST = 32;
    private static final int LONGEST_NAME = 1024;

    // Interned names would outlive the file, and colliding ones make Jackson's symbol table give up.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST).maxNameLength(LONGEST_NAME).maxStringLength(LONGEST_NAME).maxNumberLength(20)
                    .build())
            .build();

    private StrictJson() {
    }

    /** Takes the value of a key: the parser stands at its first token and is left at its last. */
    @FunctionalInterface
    interface Member {
        void read(String key, JsonParser parser) throws IOException;
    }

    static void readObject(WeightFile file, long position, long length, Member member) throws IOException {
        try (InputStream bytes = file.stream(position, length);
                InputStreamReader text = new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder());
                JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            readMembers(parser, member);
            if (parser.nextToken() != null) {
                throw file.error("JSON: expected nothing after the object, found " + parser.currentToken());
            }
        } catch (JacksonException e) {
            throw new CheckpointException(file.path(),
                    "JSON: " + CheckpointException.printable(e.getOriginalMessage()) + place(e), e);
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file.path(), "JSON: not in UTF-8", e);
        }
    }

    /** Reads the members of the object at whose start the parser stands. */
    static void readMembers(JsonParser parser, Member member) throws IOException {
        expect(parser, JsonToken.START_OBJECT);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            member.read(key, parser);
        }
    }

    /** Reads an array of at most {@code most} integers, none negative. */
    static List<Long> readSizes(JsonParser parser, int most) throws IOException {
        expect(parser, JsonToken.START_ARRAY);
        List<Long> sizes = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser, JsonToken.VALUE_NUMBER_INT);
            sizes.add(parser.getLongValue());
            if (sizes.size() > most || sizes.get(sizes.size() - 1) < 0) {
                throw error(parser, "expected at most " + most + " sizes, none negative");
            }
        }
        return sizes;
    }

    static void expect(JsonParser parser, JsonToken token) throws IOException {
        if (parser.currentToken() != token) {
            throw error(parser, "expected " + token + ", found " + parser.currentToken());
        }
    }

    static JacksonException error(JsonParser parser, String problem) throws IOException {
        String key = parser.currentName();
        return new JsonParseException(parser, problem + (key == null ? "" : " at " + CheckpointException.quote(key)));
    }

    private static String place(JacksonException e) {
        return e.getLocation() == null ? "" : " at character " + e.getLocation().getCharOffset();
    }
}
