package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;

import io.instructseg.format.VariablesFormat;

/**
 * Reads LevelDB's table file, in which TensorFlow keeps the index of a checkpoint (TensorFlow's {@code tsl/lib/io/format.h}):
 * blocks of entries in the order of their keys, and a block that says where those are. The file can be anybody's: whatever is
 * in it, memory and time that it takes are bounded.
 */
final class IndexTable {

    private static final int FOOTER = VariablesFormat.TABLE_HANDLES + Long.BYTES;
    /** Behind each block: its compression, and a checksum of both. */
    private static final int TRAILER = 1 + Integer.BYTES;
    /** Of the file, and of all entries: an entry tells how much of its key is that of the one before. */
    private static final long MAX_BYTES = 64 << 20;
    /** What an entry takes beside its key and value. */
    private static final int ENTRY_BYTES = 64;

    private final byte[] bytes;
    private final ByteBuffer numbers;
    private long entryBytes;
    private long blockBytes;

    private record Entry(byte[] key, byte[] value) {
    }

    private IndexTable(byte[] bytes) {
        this.bytes = bytes;
        this.numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads all entries.
     *
     * @throws ModelException if it is no such file, it is damaged, compressed, or larger than 64 MiB
     */
    static Map<String, byte[]> read(Path file) throws IOException {
        long size = Files.size(file);
        if (size < FOOTER || size > MAX_BYTES) {
            throw new ModelException(file + " has " + size + " bytes, expected " + FOOTER + " to " + MAX_BYTES);
        }
        try {
            return new IndexTable(Files.readAllBytes(file)).entries();
        } catch (InvalidProtocolBufferException e) {
            throw new ModelException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private Map<String, byte[]> entries() throws IOException {
        long magic = numbers.getLong(bytes.length - Long.BYTES);
        require(magic == VariablesFormat.TABLE_MAGIC, "it ends with %x, expected %x", magic, VariablesFormat.TABLE_MAGIC);
        CodedInputStream footer = CodedInputStream.newInstance(bytes, bytes.length - FOOTER,
                VariablesFormat.TABLE_HANDLES);
        // where the metadata is, which TensorFlow does not use
        footer.readUInt64();
        footer.readUInt64();
        Map<String, byte[]> entries = new HashMap<>();
        byte[] last = null;
        for (Entry found : block(footer)) {
            for (Entry entry : block(CodedInputStream.newInstance(found.value()))) {
                String name = new String(entry.key(), StandardCharsets.UTF_8);
                require(last == null || Arrays.compareUnsigned(last, entry.key()) < 0, "entry '%s' is not in order", name);
                entries.put(name, entry.value());
                last = entry.key();
            }
        }
        return entries;
    }

    /** @param handle where the block begins, and its size */
    private List<Entry> block(CodedInputStream handle) throws IOException {
        long start = handle.readUInt64();
        long size = handle.readUInt64();
        require(size >= Integer.BYTES && size <= bytes.length && start >= 0 && start <= bytes.length - TRAILER - size,
                "a block of %d bytes at %d, in a file of %d", size, start, bytes.length);
        blockBytes += size;
        require(blockBytes <= bytes.length, "its blocks have more than its %d bytes", bytes.length);
        requireIntact((int) start, (int) size);
        // behind the entries: where those are whose key is written in full, and their number
        long points = Integer.toUnsignedLong(numbers.getInt((int) (start + size - Integer.BYTES)));
        long length = size - Integer.BYTES * (points + 1);
        require(length >= 0, "a block of %d bytes with %d points to start from", size, points);
        return entries(CodedInputStream.newInstance(bytes, (int) start, (int) length));
    }

    private void requireIntact(int start, int size) throws IOException {
        byte compression = bytes[start + size];
        require(compression == 0, "a block has compression %d, expected none, 0", compression);
        CRC32C crc = new CRC32C();
        crc.update(bytes, start, size + 1);
        int expected = numbers.getInt(start + size + 1);
        require(VariablesFormat.mask(crc) == expected, "a block's checksum is %08x, expected %08x", VariablesFormat.mask(crc),
                expected);
    }

    private List<Entry> entries(CodedInputStream block) throws IOException {
        List<Entry> entries = new ArrayList<>();
        byte[] last = {};
        while (!block.isAtEnd()) {
            int shared = block.readUInt32();
            int own = block.readUInt32();
            int length = block.readUInt32();
            require(shared >= 0 && shared <= last.length && own >= 0 && length >= 0,
                    "an entry shares %d bytes with a key of %d, has %d of its own and a value of %d", shared, last.length, own,
                    length);
            entryBytes += (long) ENTRY_BYTES + shared + own + length;
            require(entryBytes <= MAX_BYTES, "its entries have more than %d bytes", MAX_BYTES);
            byte[] key = Arrays.copyOf(last, shared + own);
            System.arraycopy(block.readRawBytes(own), 0, key, shared, own);
            entries.add(new Entry(key, block.readRawBytes(length)));
            last = key;
        }
        return entries;
    }

    private static void require(boolean fits, String problem, Object... values) throws InvalidProtocolBufferException {
        if (!fits) {
            throw new InvalidProtocolBufferException(problem.formatted(values));
        }
    }
}
