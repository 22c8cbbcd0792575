package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

import com.google.protobuf.InvalidProtocolBufferException;

import io.instructseg.format.VariablesFormat;

/** What a SavedModel's {@code variables.index} says of its weights: where they lie in a file, their types and shapes. */
final class WeightIndex {

    private final Path directory;
    private final Map<String, BundleEntryProto> entries = new HashMap<>();
    private final boolean oneFile;
    private final long fileBytes;

    private WeightIndex(Path directory) throws IOException {
        Path index = VariablesFormat.index(directory);
        Map<String, byte[]> table = IndexTable.read(index);
        BundleHeaderProto header;
        try {
            header = BundleHeaderProto.parseFrom(table.getOrDefault("", new byte[0]));
            table.remove("");
            for (Map.Entry<String, byte[]> entry : table.entrySet()) {
                entries.put(entry.getKey(), BundleEntryProto.parseFrom(entry.getValue()));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException(index + " is damaged: " + e.getMessage(), e);
        }
        this.directory = directory;
        this.oneFile = header.getNumShards() == 1 && header.getEndianness() == BundleHeaderProto.Endianness.LITTLE;
        this.fileBytes = oneFile ? fileBytes(directory) : 0;
    }

    private static long fileBytes(Path directory) throws IOException {
        if (!Files.isRegularFile(file(directory))) {
            throw new ModelException(directory + " has no weights: " + file(directory) + " is missing");
        }
        return Files.size(file(directory));
    }

    /**
     * Reads the index of a model.
     *
     * @throws ModelException if it is damaged, or the file that it tells of is missing
     */
    static WeightIndex read(Path directory) throws IOException {
        return new WeightIndex(directory);
    }

    /** The elements of all weights, where they are in one file. */
    static Path file(Path directory) {
        return VariablesFormat.data(directory);
    }

    /** Whether all weights are in {@link #file}, in the order of bytes that this processor has. */
    boolean isOneFile() {
        return oneFile;
    }

    /**
     * Finds a weight.
     *
     * @param variable that it is for: a {@code VarHandleOp} with a known type and shape
     * @return one with slices, whatever it says, as these have entries of their own
     * @throws ModelException if there is none, it is of another type or shape, or not within the file
     */
    BundleEntryProto entry(String weight, NodeDef variable) throws ModelException {
        if (!entries.containsKey(weight)) {
            throw new ModelException(directory + " can't be loaded: it has no weight " + weight);
        }
        BundleEntryProto entry = entries.get(weight);
        if (entry.getSlicesCount() > 0) {
            return entry;
        }
        boolean fits = entry.getDtype() == variable.getAttrOrThrow("dtype").getType()
                && sizes(entry.getShape()).equals(sizes(variable.getAttrOrThrow("shape").getShape()))
                && entry.getSize() == ModelDescription.bytes(variable);
        if (!fits) {
            throw new ModelException("%s can't be loaded: weight %s is %s %s of %d bytes, expected %s %s of %d".formatted(
                    directory, weight, entry.getDtype(), sizes(entry.getShape()), entry.getSize(),
                    variable.getAttrOrThrow("dtype").getType(), sizes(variable.getAttrOrThrow("shape").getShape()),
                    ModelDescription.bytes(variable)));
        }
        if (entry.getOffset() < 0 || entry.getOffset() > fileBytes - entry.getSize()) {
            throw new ModelException("%s can't be loaded: weight %s has %d bytes at %d of %s, which ends at %d".formatted(
                    directory, weight, entry.getSize(), entry.getOffset(), file(directory), fileBytes));
        }
        return entry;
    }

    private static List<Long> sizes(TensorShapeProto shape) {
        return shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
    }
}
