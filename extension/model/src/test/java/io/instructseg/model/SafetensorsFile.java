package io.instructseg.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The tensors of a trusted .safetensors file, in memory. */
final class SafetensorsFile {

    record Tensor(String type, long[] shape, ByteBuffer data) {

        float[] floats() {
            float[] values = new float[data.remaining() / 4];
            data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return values;
        }

        int[] ints() {
            int[] values = new int[data.remaining() / 8];
            ByteBuffer longs = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.toIntExact(longs.getLong());
            }
            return values;
        }
    }

    private final Map<String, Tensor> tensors = new HashMap<>();

    SafetensorsFile(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerSize = Math.toIntExact(bytes.getLong());
        byte[] header = new byte[headerSize];
        bytes.get(header);
        for (Map.Entry<String, JsonNode> entry : new ObjectMapper().readTree(header).properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                tensors.put(entry.getKey(), tensor(entry.getValue(), bytes, 8 + headerSize));
            }
        }
    }

    private static Tensor tensor(JsonNode info, ByteBuffer bytes, int start) {
        long[] shape = new long[info.get("shape").size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = info.get("shape").get(i).asLong();
        }
        int from = info.get("data_offsets").get(0).asInt();
        int to = info.get("data_offsets").get(1).asInt();
        return new Tensor(info.get("dtype").asText(), shape, bytes.slice(start + from, to - from));
    }

    Map<String, Tensor> tensors() {
        return tensors;
    }

    Tensor get(String name) {
        if (!tensors.containsKey(name)) {
            throw new IllegalArgumentException("no tensor " + name + ", but " + tensors.keySet());
        }
        return tensors.get(name);
    }
}
