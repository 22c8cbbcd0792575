package io.instructseg.format;

import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * {@code model.json}: what a converted model is and what it was made of. A SavedModel that somebody else wrote has none.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param precision of the matrices
 * @param parameters weights of the graph, and the number of their elements
 * @param source name of the checkpoint's directory, and its files
 */
public record ModelManifest(int formatVersion, Precision precision, Hyperparameters hyperparameters, Parameters parameters,
        Source source) {

    /** Raised when an older engine could not run what a newer converter writes. */
    public static final int FORMAT_VERSION = 1;

    /** The file's name in the model's directory. */
    public static final String FILE = "model.json";

    /** The directory of the tokenizer's files in the model's directory. */
    public static final String TOKENIZER_DIRECTORY = "tokenizer";

    private static final long MAX_BYTES = 16 << 20;

    /**
     * Strict but for unknown fields: whatever an older engine must know raises the version, so what else a newer converter adds
     * is no concern of the older engine's.
     */
    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT, DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS).build();

    public ModelManifest {
        Checks.present("precision", precision);
        Checks.present("hyperparameters", hyperparameters);
        Checks.present("parameters", parameters);
        Checks.present("source", source);
    }

    /** Number and size of the weights. */
    public record Parameters(int weights, long elements, long bytes) {
    }

    /** What was converted. */
    public record Source(String name, List<SourceFile> files) {

        public Source {
            Checks.present("source.files", files);
            files = List.copyOf(files);
        }
    }

    /** A file of the checkpoint. */
    public record SourceFile(String name, long bytes, String sha256) {
    }

    /** Writes {@code model.json} into a directory. */
    public void write(Path directory) throws IOException {
        MAPPER.writeValue(directory.resolve(FILE).toFile(), this);
    }

    /**
     * Reads {@code model.json} of a directory. Fields that this version does not know are ignored.
     *
     * @throws IOException if it is missing, malformed, or of another format version
     */
    public static ModelManifest read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is missing, or no file");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + " has " + Files.size(file) + " bytes, more than " + MAX_BYTES);
        }
        byte[] json = Files.readAllBytes(file);
        try {
            JsonNode tree = MAPPER.readTree(json);
            requireVersion(file, tree);
            completeOlder(tree);
            return MAPPER.treeToValue(tree, ModelManifest.class);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is malformed: " + problem(e), e);
        } catch (CharConversionException e) {
            throw new IOException(file + " is malformed: " + e.getMessage(), e);
        }
    }

    /** Before anything else is looked at: another version may look different. */
    private static void requireVersion(Path file, JsonNode tree) throws IOException {
        JsonNode version = tree.path("formatVersion");
        if (!version.isInt() || version.intValue() != FORMAT_VERSION) {
            throw new IOException(file + ": formatVersion is " + (version.isMissingNode() ? "missing" : shown(version))
                    + ", this version reads " + FORMAT_VERSION);
        }
    }

    /** Models converted before there were answers in words have none. */
    private static void completeOlder(JsonNode tree) {
        if (tree.path("hyperparameters").path("languageModel") instanceof ObjectNode languageModel
                && !languageModel.has("outputSize")) {
            languageModel.put("outputSize", 0);
        }
    }

    private static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }

    /** The problem, and the path to the field that has it. */
    private static String problem(JsonProcessingException e) {
        if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) {
            return e.getOriginalMessage();
        }
        return mapping.getPath().stream().map(field -> field.getFieldName() == null ? "[]" : field.getFieldName())
                .collect(Collectors.joining(".")) + ": " + e.getOriginalMessage();
    }
}
