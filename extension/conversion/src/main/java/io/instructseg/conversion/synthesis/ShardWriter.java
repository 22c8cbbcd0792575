package io.instructseg.conversion.synthesis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.instructseg.conversion.ConversionListener;

/**
 * Writes shards and their index. Blocks of tensors are made by all cores, each written where it belongs, so memory does not
 * depend on the tensors' sizes.
 */
final class ShardWriter {

    private static final int BLOCK_BYTES = 4 << 20;
    /** Blocks between two reports of progress. */
    private static final int GROUP = 16;

    private final Path directory;
    private final List<Shard> shards;
    private final long total;
    private final ConversionListener listener;
    private long done;

    private record Block(SyntheticTensor tensor, long first, int bytes, long position) {
    }

    ShardWriter(Path directory, List<Shard> shards, ConversionListener listener) {
        this.directory = directory;
        this.shards = shards;
        this.total = shards.stream().mapToLong(Shard::bytes).sum();
        this.listener = listener;
    }

    /** Returns when all of it is on the disk. */
    void write() throws IOException {
        ObjectNode index = Json.object();
        index.putObject("metadata").put("total_size", total);
        ObjectNode weightMap = index.putObject("weight_map");
        for (int i = 0; i < shards.size(); i++) {
            String name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
            shards.get(i).tensors().forEach(tensor -> weightMap.put(tensor.name(), name));
            write(shards.get(i), directory.resolve(name));
        }
        Json.write(directory.resolve("model.safetensors.index.json"), index);
    }

    private void write(Shard shard, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer header = shard.header();
            List<Block> blocks = blocks(shard, header.remaining());
            write(channel, header, 0);
            for (int from = 0; from < blocks.size(); from += GROUP) {
                listener.progress("making up weights", done, total);
                List<Block> group = blocks.subList(from, Math.min(from + GROUP, blocks.size()));
                group.parallelStream().forEach(block -> write(channel, block));
                done += group.stream().mapToLong(Block::bytes).sum();
            }
            channel.force(true);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static List<Block> blocks(Shard shard, long start) {
        List<Block> blocks = new ArrayList<>();
        long position = start;
        for (SyntheticTensor tensor : shard.tensors()) {
            for (long from = 0; from < tensor.bytes(); from += BLOCK_BYTES) {
                int bytes = (int) Math.min(BLOCK_BYTES, tensor.bytes() - from);
                blocks.add(new Block(tensor, from / tensor.dataType().byteSize(), bytes, position + from));
            }
            position += tensor.bytes();
        }
        return blocks;
    }

    private static void write(FileChannel channel, Block block) {
        ByteBuffer elements = ByteBuffer.allocate(block.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        block.tensor().elements().fill(elements, block.first());
        try {
            write(channel, elements.flip(), block.position());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        for (long next = position; bytes.hasRemaining();) {
            next += channel.write(bytes, next);
        }
    }
}
