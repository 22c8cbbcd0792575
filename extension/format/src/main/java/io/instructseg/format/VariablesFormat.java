package io.instructseg.format;

import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * What writing and reading the weights of a SavedModel have in common: a TensorFlow checkpoint (TensorFlow's
 * {@code tensor_bundle.h}) whose elements are in one file, with an index in LevelDB's table format
 * ({@code tsl/lib/io/format.h}).
 */
public final class VariablesFormat {

    /**
     * Where TensorFlow wants a tensor's bytes to begin in memory, and those that share another one's memory to end: a weight
     * that does so in the file can be used where that is mapped.
     */
    public static final int ALIGNMENT = 64;

    /** What a table ends with. */
    public static final long TABLE_MAGIC = 0xdb4775248b80fb57L;
    /** Bytes before it, for the places of the metadata and of the index. */
    public static final int TABLE_HANDLES = 40;

    private static final int CHECKSUM_DELTA = 0xa282ead8;

    private VariablesFormat() {
    }

    /** Where a SavedModel has its weights. */
    public static Path directory(Path model) {
        return model.resolve("variables");
    }

    /** What the names of the files with a SavedModel's weights begin with. */
    public static Path prefix(Path model) {
        return directory(model).resolve("variables");
    }

    /** The index of a SavedModel's weights. */
    public static Path index(Path model) {
        return directory(model).resolve("variables.index");
    }

    /** The elements of all weights of a SavedModel. */
    public static Path data(Path model) {
        return directory(model).resolve("variables.data-00000-of-00001");
    }

    /** As checksums are stored, so that data with checksums in it can have one, too. */
    public static int mask(CRC32C checksum) {
        return Integer.rotateRight((int) checksum.getValue(), 15) + CHECKSUM_DELTA;
    }
}
