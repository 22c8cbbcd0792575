package io.instructseg.engine.session;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

import com.google.protobuf.CodedOutputStream;

import io.instructseg.format.VariablesFormat;

/** Writes LevelDB's table file in blocks, with keys that share what they have in common, in whatever order. */
final class TestTable {

    private static final long MAGIC = 0xdb4775248b80fb57L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int compression;

    private TestTable(int compression) {
        this.compression = compression;
    }

    /** @param compression that the blocks say to have */
    static byte[] of(List<Map.Entry<String, byte[]>> entries, int perBlock, int compression) throws IOException {
        TestTable table = new TestTable(compression);
        List<Map.Entry<String, byte[]>> handles = new ArrayList<>();
        for (int i = 0; i < entries.size(); i += perBlock) {
            List<Map.Entry<String, byte[]>> block = entries.subList(i, Math.min(entries.size(), i + perBlock));
            handles.add(Map.entry(block.get(block.size() - 1).getKey(), table.block(block)));
        }
        byte[] metadata = table.block(List.of());
        ByteBuffer footer = littleEndian(48).put(metadata).put(table.block(handles));
        table.bytes.write(footer.putLong(40, MAGIC).array());
        return table.bytes.toByteArray();
    }

    private byte[] block(List<Map.Entry<String, byte[]>> entries) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(block);
        byte[] last = {};
        for (var entry : entries) {
            byte[] key = entry.getKey().getBytes(StandardCharsets.UTF_8);
            int shared = Math.max(0, Arrays.mismatch(last, key));
            out.writeUInt32NoTag(shared);
            out.writeUInt32NoTag(key.length - shared);
            out.writeUInt32NoTag(entry.getValue().length);
            out.write(key, shared, key.length - shared);
            out.writeRawBytes(entry.getValue());
            last = key;
        }
        out.flush();
        // one point to start from, at the first entry
        block.write(littleEndian(8).putInt(4, 1).array());
        return append(block.toByteArray());
    }

    private byte[] append(byte[] block) throws IOException {
        ByteArrayOutputStream handle = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(handle);
        out.writeUInt64NoTag(bytes.size());
        out.writeUInt64NoTag(block.length);
        out.flush();
        CRC32C crc = new CRC32C();
        crc.update(block);
        crc.update(compression);
        bytes.write(block);
        bytes.write(littleEndian(5).put((byte) compression).putInt(VariablesFormat.mask(crc)).array());
        return handle.toByteArray();
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
