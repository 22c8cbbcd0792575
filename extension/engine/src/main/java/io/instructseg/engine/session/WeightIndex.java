package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
    private final Path variables;
    private final boolean found;
    private final Map<String, BundleEntryProto> entries = new HashMap<>();
    private final long fileBytes;
    private final List<Part> parts = new ArrayList<>();
    private final Map<Long, Integer> partsByStart = new HashMap<>();

    /**
     * Of the file: a weight that begins and ends at multiples of {@link VariablesFormat#ALIGNMENT}, or what is between two of
     * them.
     *
     * @param weight its name; empty for what is between
     * @param checksum of a weight's bytes, as {@link VariablesFormat#mask} has it
     */
    record Part(String weight, long start, long bytes, int checksum) {

        boolean isWeight() {
            return !weight.isEmpty();
        }

        private boolean holds(BundleEntryProto entry) {
            return bytes == entry.getSize() && checksum == entry.getCrc32C();
        }
    }

    private WeightIndex(Path directory) throws IOException {
        this.directory = directory;
        this.variables = directory.resolve("variables");
        this.found = Files.isRegularFile(VariablesFormat.index(variables));
        boolean oneFile = found && isOneFile(readEntries(VariablesFormat.index(variables)));
        this.fileBytes = oneFile ? size() : 0;
        if (oneFile) {
            divide();
        }
    }

    private BundleHeaderProto readEntries(Path index) throws IOException {
        Map<String, byte[]> table = IndexTable.read(index);
        try {
            BundleHeaderProto header = BundleHeaderProto.parseFrom(table.getOrDefault("", new byte[0]));
            table.remove("");
            for (Map.Entry<String, byte[]> entry : table.entrySet()) {
                entries.put(entry.getKey(), BundleEntryProto.parseFrom(entry.getValue()));
            }
            return header;
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException(index + " is damaged: " + e.getMessage(), e);
        }
    }

    /** Whether all weights are in one file, in the order of bytes that this processor has. */
    private static boolean isOneFile(BundleHeaderProto header) {
        return header.getNumShards() == 1 && header.getEndianness() == BundleHeaderProto.Endianness.LITTLE;
    }

    private long size() throws IOException {
        if (!Files.isRegularFile(file())) {
            throw new ModelException(directory + " has no weights: " + file() + " is missing");
        }
        return Files.size(file());
    }

    /** Into parts, which don't overlap; weights that do, in an index of somebody else's, are none. */
    private void divide() {
        List<Map.Entry<String, BundleEntryProto>> weights = entries.entrySet().stream()
                .filter(weight -> isPart(weight.getValue()))
                .sorted(Comparator.comparingLong(weight -> weight.getValue().getOffset())).toList();
        long end = 0;
        for (Map.Entry<String, BundleEntryProto> weight : weights) {
            BundleEntryProto entry = weight.getValue();
            if (entry.getOffset() > end) {
                parts.add(new Part("", end, entry.getOffset() - end, 0));
                end = entry.getOffset();
            }
            if (entry.getOffset() == end) {
                partsByStart.put(end, parts.size());
                parts.add(new Part(weight.getKey(), end, entry.getSize(), entry.getCrc32C()));
                end += entry.getSize();
            }
        }
    }

    private boolean isPart(BundleEntryProto entry) {
        return entry.getSlicesCount() == 0 && entry.getSize() > 0 && isInFile(entry)
                && entry.getOffset() % VariablesFormat.ALIGNMENT == 0
                && entry.getSize() % VariablesFormat.ALIGNMENT == 0;
    }

    private boolean isInFile(BundleEntryProto entry) {
        return entry.getOffset() >= 0 && entry.getOffset() <= fileBytes - entry.getSize();
    }

    /**
     * Reads the index of a model, if it has one.
     *
     * @throws ModelException if it is damaged, or the file that it tells of is missing
     */
    static WeightIndex read(Path directory) throws IOException {
        return new WeightIndex(directory);
    }

    /** Whether the model has an index. */
    boolean found() {
        return found;
    }

    /** {@link #file} from its beginning to the last weight of a part's size; nothing if weights are not in one file. */
    List<Part> parts() {
        return parts;
    }

    /** Which of the parts an entry is; -1 for none. */
    int part(BundleEntryProto entry) {
        int part = partsByStart.getOrDefault(entry.getOffset(), -1);
        return part >= 0 && parts.get(part).holds(entry) ? part : -1;
    }

    /** Begins to read {@link #parts}, so that they are in memory, and to compare checksums. */
    WeightFile readParts() throws IOException {
        return new WeightFile(file(), parts.stream().filter(Part::isWeight).toList());
    }

    /** The elements of all weights, where they are in one file. */
    Path file() {
        return VariablesFormat.data(variables);
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
        if (!isInFile(entry)) {
            throw new ModelException("%s can't be loaded: weight %s has %d bytes at %d of %s, which ends at %d".formatted(
                    directory, weight, entry.getSize(), entry.getOffset(), file(), fileBytes));
        }
        return entry;
    }

    private static List<Long> sizes(TensorShapeProto shape) {
        return shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
    }
}
