package io.instructseg.conversion;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

import com.google.protobuf.CodedOutputStream;

import io.instructseg.format.VariablesFormat;

/**
 * LevelDB's table file, in which TensorFlow keeps the index of a checkpoint (TensorFlow's {@code tsl/lib/io/format.h}): here
 * one block of all entries, an empty block of metadata, and a block that finds the first.
 */
final class SortedTable {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private SortedTable() {
    }

    /** @param entries sorted by the bytes of their keys, which for ASCII is the order of strings */
    static byte[] of(SortedMap<String, byte[]> entries) throws IOException {
        SortedTable table = new SortedTable();
        byte[] data = table.block(entries);
        byte[] metadata = table.block(Collections.emptySortedMap());
        byte[] index = table.block(new TreeMap<>(Map.of(entries.lastKey(), data)));
        ByteBuffer footer = littleEndian(VariablesFormat.TABLE_HANDLES + Long.BYTES);
        footer.put(metadata).put(index);
        table.bytes.write(footer.putLong(VariablesFormat.TABLE_HANDLES, VariablesFormat.TABLE_MAGIC).array());
        return table.bytes.toByteArray();
    }

    /** Appends a block and returns its handle. Keys are stored in full: every entry is a point to start from. */
    private byte[] block(SortedMap<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        ByteBuffer starts = littleEndian(Integer.BYTES * (Math.max(1, entries.size()) + 1));
        CodedOutputStream out = CodedOutputStream.newInstance(block);
        for (var entry : entries.entrySet()) {
            starts.putInt(out.getTotalBytesWritten());
            byte[] key = entry.getKey().getBytes(StandardCharsets.UTF_8);
            out.writeUInt32NoTag(0);
            out.writeUInt32NoTag(key.length);
            out.writeUInt32NoTag(entry.getValue().length);
            out.writeRawBytes(key);
            out.writeRawBytes(entry.getValue());
        }
        out.flush();
        starts.putInt(Integer.BYTES * Math.max(1, entries.size()), Math.max(1, entries.size()));
        block.write(starts.array());
        return append(block.toByteArray());
    }

    /** Behind a block stand its compression, none, and a checksum of both. */
    private byte[] append(byte[] block) throws IOException {
        byte[] handle = new byte[CodedOutputStream.computeUInt64SizeNoTag(bytes.size())
                + CodedOutputStream.computeUInt64SizeNoTag(block.length)];
        CodedOutputStream out = CodedOutputStream.newInstance(handle);
        out.writeUInt64NoTag(bytes.size());
        out.writeUInt64NoTag(block.length);
        CRC32C crc = new CRC32C();
        crc.update(block);
        crc.update(0);
        bytes.write(block);
        bytes.write(littleEndian(1 + Integer.BYTES).put((byte) 0).putInt(VariablesFormat.mask(crc)).array());
        return handle;
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
