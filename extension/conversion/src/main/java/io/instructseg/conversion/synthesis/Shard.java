package io.instructseg.conversion.synthesis;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Tensors that share a safetensors file, in their order in it. */
record Shard(List<SyntheticTensor> tensors) {

    /** Deals tensors to shards of at most {@code bytes}, or of one tensor. */
    static List<Shard> split(List<SyntheticTensor> tensors, long bytes) {
        List<Shard> shards = new ArrayList<>();
        List<SyntheticTensor> pending = new ArrayList<>();
        long size = 0;
        for (SyntheticTensor tensor : tensors) {
            if (!pending.isEmpty() && size + tensor.bytes() > bytes) {
                shards.add(new Shard(List.copyOf(pending)));
                pending.clear();
                size = 0;
            }
            pending.add(tensor);
            size += tensor.bytes();
        }
        shards.add(new Shard(List.copyOf(pending)));
        return shards;
    }

    /** Size of the tensors. */
    long bytes() {
        return tensors.stream().mapToLong(SyntheticTensor::bytes).sum();
    }

    /** The file's beginning: length of the header, header. The tensors follow without gaps. */
    ByteBuffer header() {
        ObjectNode header = Json.object();
        header.putObject("__metadata__").put("format", "pt");
        long position = 0;
        for (SyntheticTensor tensor : tensors) {
            ObjectNode entry = header.putObject(tensor.name()).put("dtype", tensor.dataType().safetensorsName());
            tensor.shape().forEach(entry.withArray("shape")::add);
            entry.putArray("data_offsets").add(position).add(position + tensor.bytes());
            position += tensor.bytes();
        }
        byte[] json = Json.bytes(header);
        // whole words, so that tensors begin at addresses that all element types can have
        int length = (json.length + 7) / 8 * 8;
        ByteBuffer bytes = ByteBuffer.allocate(8 + length).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(json);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.flip();
    }
}
