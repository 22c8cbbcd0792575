package io.instructseg.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

/** The JSON header of a safetensors file: for each tensor its type, its shape and its bytes, which agree in size. */
final class SafetensorsHeader {

    private static final String METADATA = "__metadata__";

    private final WeightFile file;
    private final Problems problems;
    private final List<Entry> entries = new ArrayList<>();

    private SafetensorsHeader(WeightFile file) {
        this.file = file;
        this.problems = new Problems(file.path());
    }

    /** A tensor whose bytes are {@code [begin, end)} of the data that follows the header. */
    record Entry(String name, DataType dataType, List<Long> shape, long begin, long end) {
        String describe() {
            return "tensor " + CheckpointException.quote(name);
        }
    }

    static SafetensorsHeader read(WeightFile file, long position, long length) throws IOException {
        SafetensorsHeader header = new SafetensorsHeader(file);
        StrictJson.readObject(file, position, length, header::readMember);
        header.problems.throwIfAny();
        return header;
    }

    List<Entry> entries() {
        return entries;
    }

    private void readMember(String name, JsonParser parser) throws IOException {
        if (name.equals(METADATA)) {
            StrictJson.readMembers(parser, (key, value) -> StrictJson.expect(value, JsonToken.VALUE_STRING));
            return;
        }
        if (entries.size() == StrictJson.MOST_TENSORS) {
            throw file.error("more than " + StrictJson.MOST_TENSORS + " tensors");
        }
        Fields fields = new Fields();
        StrictJson.readMembers(parser, fields::read);
        addEntry(name, fields);
    }

    private void addEntry(String name, Fields fields) {
        String tensor = "tensor " + CheckpointException.quote(name);
        if (fields.dataType == null || fields.shape == null || fields.offsets == null) {
            problems.add(tensor + ": expected dtype, shape and data_offsets");
            return;
        }
        Optional<DataType> dataType = DataType.ofSafetensors(fields.dataType);
        if (dataType.isEmpty()) {
            problems.add(tensor + ": unknown dtype " + CheckpointException.quote(fields.dataType));
            return;
        }
        if (fields.offsets.size() != 2 || fields.offsets.get(0) > fields.offsets.get(1)) {
            problems.add(tensor + ": data_offsets " + fields.offsets + ", expected [begin, end]");
            return;
        }
        Entry entry = new Entry(name, dataType.get(), fields.shape, fields.offsets.get(0), fields.offsets.get(1));
        if (StridedView.bytes(entry.dataType(), entry.shape()) != entry.end() - entry.begin()) {
            problems.add(tensor + ": " + (entry.end() - entry.begin()) + " bytes in data_offsets, expected the size of "
                    + entry.dataType() + " " + entry.shape());
            return;
        }
        entries.add(entry);
    }

    private static final class Fields {

        private String dataType;
        private List<Long> shape;
        private List<Long> offsets;

        void read(String key, JsonParser parser) throws IOException {
            switch (key) {
                case "dtype" -> {
                    StrictJson.expect(parser, JsonToken.VALUE_STRING);
                    dataType = parser.getText();
                }
                case "shape" -> shape = StrictJson.readSizes(parser, StridedView.MOST_DIMENSIONS);
                case "data_offsets" -> offsets = StrictJson.readSizes(parser, 2);
                default -> throw StrictJson.error(parser, "unknown field");
            }
        }
    }
}
