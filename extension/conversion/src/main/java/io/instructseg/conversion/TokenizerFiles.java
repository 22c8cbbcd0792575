package io.instructseg.conversion;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of a checkpoint's tokenizer, which become part of the model. */
final class TokenizerFiles {

    /** Names of all files that a tokenizer can have. */
    static final List<String> NAMES = List.of("tokenizer.json", "vocab.json", "merges.txt", "added_tokens.json",
            "tokenizer_config.json", "special_tokens_map.json");
    private static final long MAX_BYTES = 256L << 20;

    private final Path directory;

    TokenizerFiles(Path directory) {
        this.directory = directory;
    }

    /** @throws ConversionException if the checkpoint has no complete tokenizer */
    void check() throws IOException {
        boolean slow = exists("vocab.json") && exists("merges.txt");
        if (!exists("tokenizer.json") && !slow) {
            throw new ConversionException(
                    directory + " has no tokenizer: expected tokenizer.json, or vocab.json and merges.txt");
        }
        for (Path file : files()) {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConversionException(file + " has " + Files.size(file) + " bytes, more than " + MAX_BYTES);
            }
        }
    }

    /** Those of the files that there are. */
    List<Path> files() {
        return NAMES.stream().filter(this::exists).map(directory::resolve).toList();
    }

    void copyTo(Path target) throws IOException {
        Files.createDirectory(target);
        for (Path file : files()) {
            // a stream: the copy can be written to and read by others, whatever the file's permissions are
            try (InputStream in = Files.newInputStream(file)) {
                Files.copy(in, target.resolve(file.getFileName()));
            }
        }
    }

    private boolean exists(String name) {
        return Files.isRegularFile(directory.resolve(name));
    }
}
