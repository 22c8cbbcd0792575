package io.instructseg.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

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

    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES).build();

    /** Number and size of the weights. */
    public record Parameters(int weights, long elements, long bytes) {
    }

    /** What was converted. */
    public record Source(String name, List<SourceFile> files) {
    }

    /** A file of the checkpoint. */
    public record SourceFile(String name, long bytes, String sha256) {
    }

    /** Writes {@code model.json} into a directory. */
    public void write(Path directory) throws IOException {
        MAPPER.writeValue(directory.resolve(FILE).toFile(), this);
    }

    /**
     * Reads {@code model.json} of a directory.
     *
     * @throws IOException if it is missing, malformed, or of another format version
     */
    public static ModelManifest read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + " has " + Files.size(file) + " bytes, more than " + MAX_BYTES);
        }
        try {
            ModelManifest manifest = MAPPER.readValue(file.toFile(), ModelManifest.class);
            if (manifest.formatVersion() != FORMAT_VERSION) {
                throw new IOException(file + ": formatVersion is " + manifest.formatVersion() + ", this version reads "
                        + FORMAT_VERSION);
            }
            return manifest;
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is malformed: " + e.getOriginalMessage(), e);
        }
    }
}
