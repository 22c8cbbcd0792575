package io.instructseg.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.TensorInfo;

/** A checkpoint in one safetensors file, to be changed before it is written. */
final class CheckpointCopy {

    /** Weights by name, as they will be in the file. */
    final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Path source;

    record Tensor(String type, List<Long> shape, byte[] elements) {
    }

    CheckpointCopy(Path source) throws IOException {
        this.source = source;
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            for (TensorInfo tensor : checkpoint.tensors().values()) {
                ByteArrayOutputStream elements = new ByteArrayOutputStream();
                checkpoint.read(tensor.name(), chunk -> {
                    byte[] bytes = new byte[chunk.remaining()];
                    chunk.get(bytes);
                    elements.writeBytes(bytes);
                });
                tensors.put(tensor.name(), new Tensor(tensor.dataType().safetensorsName(), tensor.shape(),
                        elements.toByteArray()));
            }
        }
    }

    /** Changes an element of a float32 weight. */
    void set(String name, int index, float value) {
        ByteBuffer.wrap(tensors.get(name).elements()).order(ByteOrder.LITTLE_ENDIAN).putFloat(4 * index, value);
    }

    /** Adds or drops rows of a weight. */
    void resize(String name, long rows) {
        Tensor tensor = tensors.get(name);
        long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        int row = (int) (tensor.elements().length / shape[0]);
        shape[0] = rows;
        tensors.put(name, new Tensor(tensor.type(), Arrays.stream(shape).boxed().toList(),
                Arrays.copyOf(tensor.elements(), (int) rows * row)));
    }

    void add(String name, float... values) {
        ByteBuffer elements = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            elements.putFloat(value);
        }
        tensors.put(name, new Tensor("F32", List.of((long) values.length), elements.array()));
    }

    void addZeros(String name, long rows, long columns) {
        tensors.put(name, new Tensor("F32", List.of(rows, columns), new byte[(int) (4 * rows * columns)]));
    }

    /** Writes the checkpoint: all of its source's files but the weights, and these. */
    Path write(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (var files = Files.list(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (!name.contains("safetensors")) {
                    Files.copy(file, directory.resolve(name));
                }
            }
        }
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        StringJoiner header = new StringJoiner(",", "{", "}");
        tensors.forEach((name, tensor) -> {
            int start = data.size();
            data.writeBytes(tensor.elements());
            header.add("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(name, tensor.type(),
                    tensor.shape(), start, data.size()));
        });
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json).put(data.toByteArray());
        Files.write(directory.resolve("model.safetensors"), file.array());
        return directory;
    }
}
