package io.instructseg.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes zip archives record by record (PKWARE's APPNOTE.TXT), into memory or with gaps into a file. */
final class ZipBuilder {

    private final boolean zip64;
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int entries;
    private int method;
    private int flags;
    private long gap;

    private ZipBuilder(boolean zip64) {
        this.zip64 = zip64;
    }

    static ZipBuilder zip() {
        return new ZipBuilder(false);
    }

    /** Keeps all sizes and offsets in ZIP64 fields, as if they were too large for the others. */
    static ZipBuilder zip64() {
        return new ZipBuilder(true);
    }

    /** An archive of PyTorch's with the prefix {@code p}. */
    static ZipBuilder torch(byte[] pickle) {
        return zip().entry("p/data.pkl", pickle).entry("p/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    }

    /** For the entries to come. */
    ZipBuilder method(int value) {
        method = value;
        return this;
    }

    /** For the entries to come. */
    ZipBuilder flags(int value) {
        flags = value;
        return this;
    }

    /** For the entries to come: they lie that much further back in the file. */
    ZipBuilder gap(long bytes) {
        gap = bytes;
        return this;
    }

    ZipBuilder entry(String name, byte[] data) {
        return entry(name, data, data.length, gap + body.size());
    }

    /** An entry whose directory record claims a size and an offset of its local header. */
    ZipBuilder entry(String name, byte[] data, long size, long header) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        body.writeBytes(record(30 + utf8.length).putInt(0x04034b50).putShort((short) 45).putShort((short) flags)
                .putShort((short) method).position(26).putShort((short) utf8.length).position(30).put(utf8).array());
        body.writeBytes(data);
        int extra = zip64 ? 28 : 0;
        ByteBuffer central = record(46 + utf8.length + extra).putInt(0x02014b50).putInt(45).putShort((short) flags)
                .putShort((short) method).position(20).putInt(field(size)).putInt(field(size)).putShort((short) utf8.length)
                .putShort((short) extra).position(42).putInt(field(header)).put(utf8);
        if (zip64) {
            central.putShort((short) 1).putShort((short) 24).putLong(size).putLong(size).putLong(header);
        }
        directory.writeBytes(central.array());
        entries++;
        return this;
    }

    byte[] build() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        long start = gap + body.size();
        file.writeBytes(body.toByteArray());
        file.writeBytes(directory.toByteArray());
        if (zip64) {
            file.writeBytes(record(76).putInt(0x06064b50).putLong(44).position(24).putLong(entries).putLong(entries)
                    .putLong(directory.size()).putLong(start).putInt(0x07064b50).putInt(0)
                    .putLong(start + directory.size()).putInt(1).array());
        }
        file.writeBytes(record(22).putInt(0x06054b50).position(8).putShort((short) entries).putShort((short) entries)
                .putInt(field(directory.size())).putInt(field(start)).array());
        return file.toByteArray();
    }

    Path write(Path file) throws IOException {
        return Files.write(file, build());
    }

    /** Writes what there is so far behind a hole of {@code gap} bytes, which takes no room on most disks. */
    Path writeSparse(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.position(gap).write(ByteBuffer.wrap(build()));
        }
        return file;
    }

    private int field(long value) {
        return zip64 ? -1 : (int) value;
    }

    private static ByteBuffer record(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
