package io.instructseg.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The <a href="https://huggingface.co/docs/safetensors">safetensors</a> format: the length of a JSON header in eight
 * bytes, the header, and the tensors, which cover the rest of the file without holes or overlaps.
 */
public final class Safetensors {

    private static final int LENGTH_BYTES = 8;
    private static final long LONGEST_HEADER = 100_000_000;

    private Safetensors() {
    }

    /**
     * Opens a single file, whatever its name.
     *
     * @throws CheckpointException if the file breaks the format
     */
    public static Checkpoint openFile(Path file) throws IOException {
        return Checkpoint.openFile(file, WeightFormat.SAFETENSORS);
    }

    /** The tensors of a file, in the order of its header. */
    static Map<String, StridedView> read(WeightFile file) throws IOException {
        if (file.size() < LENGTH_BYTES) {
            throw file.error("a file of " + file.size() + " bytes is too short for the length of a safetensors header");
        }
        long length = file.read(0, LENGTH_BYTES).getLong();
        if (length < 2 || length > LONGEST_HEADER || length > file.size() - LENGTH_BYTES) {
            throw file.error("a safetensors header of " + Long.toUnsignedString(length) + " bytes, expected 2 to "
                    + Math.min(LONGEST_HEADER, file.size() - LENGTH_BYTES) + " (the file has " + file.size() + ")");
        }
        SafetensorsHeader header = SafetensorsHeader.read(file, LENGTH_BYTES, length);
        long dataStart = LENGTH_BYTES + length;
        requireCovered(file, header.entries(), file.size() - dataStart);
        Map<String, StridedView> tensors = new LinkedHashMap<>();
        for (SafetensorsHeader.Entry entry : header.entries()) {
            tensors.put(entry.name(), StridedView.contiguous(entry.dataType(), entry.shape(), dataStart + entry.begin()));
        }
        return tensors;
    }

    /** Every byte of the data belongs to exactly one tensor. */
    private static void requireCovered(WeightFile file, List<SafetensorsHeader.Entry> entries, long dataLength)
            throws CheckpointException {
        List<SafetensorsHeader.Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(SafetensorsHeader.Entry::begin).thenComparing(SafetensorsHeader.Entry::end));
        Problems problems = new Problems(file.path());
        long covered = 0;
        for (SafetensorsHeader.Entry entry : sorted) {
            if (entry.end() > dataLength) {
                problems.add(entry.describe() + " ends at " + entry.end() + " of " + dataLength + " bytes of data");
            } else if (entry.begin() != covered) {
                problems.add(entry.describe() + " begins at " + entry.begin() + ", expected " + covered
                        + (entry.begin() < covered ? ": tensors overlap" : ": bytes of no tensor"));
            }
            covered = Math.max(covered, entry.end());
        }
        if (covered < dataLength) {
            problems.add("the tensors end at " + covered + " of " + dataLength + " bytes of data");
        }
        problems.throwIfAny();
    }
}
