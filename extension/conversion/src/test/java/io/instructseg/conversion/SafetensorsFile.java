package io.instructseg.conversion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes float32 tensors. */
final class SafetensorsFile {

    private SafetensorsFile() {
    }

    static void write(Path file, Map<String, float[]> tensors, Map<String, List<Long>> shapes) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode header = mapper.createObjectNode();
        int position = 0;
        for (String name : tensors.keySet()) {
            ObjectNode entry = header.putObject(name).put("dtype", "F32");
            entry.set("shape", mapper.valueToTree(shapes.get(name)));
            entry.putArray("data_offsets").add(position).add(position += 4 * tensors.get(name).length);
        }
        byte[] json = mapper.writeValueAsBytes(header);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + position).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        tensors.values().forEach(values -> {
            for (float value : values) {
                bytes.putFloat(value);
            }
        });
        Files.write(file, bytes.array());
    }
}
