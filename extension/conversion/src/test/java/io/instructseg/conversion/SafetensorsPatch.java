package io.instructseg.conversion;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Changes single elements of a sharded float32 checkpoint, by the format's definition. */
final class SafetensorsPatch {

    private SafetensorsPatch() {
    }

    static void set(Path checkpoint, String tensor, int element, float value) throws IOException {
        JsonNode index = new ObjectMapper().readTree(checkpoint.resolve("model.safetensors.index.json").toFile());
        Path shard = checkpoint.resolve(index.get("weight_map").get(tensor).asText());
        byte[] bytes = Files.readAllBytes(shard);
        int length = (int) Long.reverseBytes(ByteBuffer.wrap(bytes).getLong());
        JsonNode header = new ObjectMapper().readTree(new String(bytes, 8, length, StandardCharsets.UTF_8));
        long start = header.get(tensor).get("data_offsets").get(0).asLong();
        try (RandomAccessFile file = new RandomAccessFile(shard.toFile(), "rw")) {
            file.seek(8L + length + start + 4L * element);
            file.writeInt(Integer.reverseBytes(Float.floatToIntBits(value)));
        }
    }
}
