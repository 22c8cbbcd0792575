package io.instructseg.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The zip archives that PyTorch writes, as a table of where each entry's bytes lie: entries are stored, not compressed,
 * and ZIP64 lets them exceed 4 GB. (The JDK's classes don't tell offsets.) Names follow PKWARE's APPNOTE.TXT.
 */
final class ZipArchive {

    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int CENTRAL_HEADER = 0x02014b50;
    private static final int ZIP64_END = 0x06064b50;
    private static final int ZIP64_LOCATOR = 0x07064b50;
    private static final int END = 0x06054b50;
    private static final int LOCAL_HEADER_BYTES = 30;
    private static final int CENTRAL_HEADER_BYTES = 46;
    private static final int ZIP64_END_BYTES = 56;
    private static final int ZIP64_LOCATOR_BYTES = 20;
    private static final int END_BYTES = 22;
    private static final int ZIP64_EXTRA = 1;
    private static final long IN_ZIP64_EXTRA = 0xffffffffL;
    /** Encryption, in its old and its strong form. */
    private static final int ENCRYPTED = 1 | 1 << 6;

    private static final int MOST_ENTRIES = 2 * StrictJson.MOST_TENSORS;
    private static final int LONGEST_DIRECTORY = 64 << 20;

    private final WeightFile file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private ZipArchive(WeightFile file) {
        this.file = file;
    }

    /** An entry whose {@code size} bytes begin at {@code start} in the file. */
    record Entry(String name, long header, long start, long size) {
        long end() {
            return start + size;
        }
    }

    private record Directory(long start, long size, long entries) {
        long end() {
            return start + size;
        }
    }

    static ZipArchive read(WeightFile file) throws IOException {
        ZipArchive archive = new ZipArchive(file);
        Directory directory = archive.findDirectory();
        ByteBuffer headers = file.read(directory.start(), (int) directory.size());
        for (long i = 0; i < directory.entries(); i++) {
            archive.add(headers);
        }
        if (headers.hasRemaining()) {
            throw archive.error(headers.remaining() + " bytes after the last entry of the directory");
        }
        archive.requireApart(directory.start());
        return archive;
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    /** The entry of this name, or null. */
    Entry entry(String name) {
        return entries.get(name);
    }

    ByteBuffer bytes(Entry entry, int most) throws IOException {
        if (entry.size() > most) {
            throw error(describe(entry.name()) + " of " + entry.size() + " bytes, expected at most " + most);
        }
        return file.read(entry.start(), (int) entry.size());
    }

    private Directory findDirectory() throws IOException {
        long endPosition = file.size() - END_BYTES;
        ByteBuffer end = endPosition < 0 ? null : file.read(endPosition, END_BYTES);
        if (end == null || end.getInt(0) != END) {
            throw error("not a zip archive as PyTorch writes it, or truncated: no end record in the last " + END_BYTES
                    + " bytes of " + file.size());
        }
        long locatorPosition = endPosition - ZIP64_LOCATOR_BYTES;
        ByteBuffer locator = locatorPosition < 0 ? null : file.read(locatorPosition, ZIP64_LOCATOR_BYTES);
        Directory directory;
        if (locator != null && locator.getInt(0) == ZIP64_LOCATOR) {
            endPosition = locator.getLong(8);
            directory = readZip64End(endPosition, locatorPosition);
        } else {
            directory = new Directory(Integer.toUnsignedLong(end.getInt(16)), Integer.toUnsignedLong(end.getInt(12)),
                    Short.toUnsignedLong(end.getShort(10)));
        }
        if (directory.start() < 0 || directory.size() < 0 || directory.size() > LONGEST_DIRECTORY
                || directory.start() != endPosition - directory.size() || directory.entries() < 0
                || directory.entries() > MOST_ENTRIES) {
            throw error(directory + ", expected at most " + MOST_ENTRIES + " entries in at most " + LONGEST_DIRECTORY
                    + " bytes that end at " + endPosition);
        }
        return directory;
    }

    private Directory readZip64End(long position, long expectedEnd) throws IOException {
        if (position < 0 || position != expectedEnd - ZIP64_END_BYTES) {
            throw error("zip64 end record at " + position + ", expected " + (expectedEnd - ZIP64_END_BYTES));
        }
        ByteBuffer record = file.read(position, ZIP64_END_BYTES);
        if (record.getInt(0) != ZIP64_END) {
            throw error("no zip64 end record at " + position);
        }
        return new Directory(record.getLong(48), record.getLong(40), record.getLong(32));
    }

    private void add(ByteBuffer headers) throws IOException {
        if (headers.remaining() < CENTRAL_HEADER_BYTES || headers.getInt(headers.position()) != CENTRAL_HEADER) {
            throw error("the directory is cut off or damaged after entry " + entries.size());
        }
        ByteBuffer fixed = slice(headers, CENTRAL_HEADER_BYTES);
        int nameLength = Short.toUnsignedInt(fixed.getShort(28));
        int extraLength = Short.toUnsignedInt(fixed.getShort(30));
        int commentLength = Short.toUnsignedInt(fixed.getShort(32));
        if (headers.remaining() < nameLength + extraLength + commentLength) {
            throw error("the directory is cut off in entry " + entries.size());
        }
        byte[] nameBytes = new byte[nameLength];
        headers.get(nameBytes);
        ByteBuffer extra = slice(headers, extraLength);
        headers.position(headers.position() + commentLength);
        Entry entry = locate(fixed, nameBytes, extra);
        if (entries.put(entry.name(), entry) != null) {
            throw error("duplicate " + describe(entry.name()));
        }
    }

    private static ByteBuffer slice(ByteBuffer buffer, int length) {
        ByteBuffer slice = buffer.slice(buffer.position(), length).order(buffer.order());
        buffer.position(buffer.position() + length);
        return slice;
    }

    private Entry locate(ByteBuffer fixed, byte[] nameBytes, ByteBuffer extra) throws IOException {
        String name = new String(nameBytes, StandardCharsets.UTF_8);
        requireStored(name, fixed.getShort(8), fixed.getShort(10));
        findZip64Extra(extra);
        long size = sizeField(fixed, 24, extra, name);
        long storedSize = sizeField(fixed, 20, extra, name);
        long header = sizeField(fixed, 42, extra, name);
        if (size != storedSize) {
            throw error(describe(name) + " of " + size + " bytes has " + storedSize + " in the archive, expected the same");
        }
        ByteBuffer local = file.read(header, LOCAL_HEADER_BYTES);
        int nameLength = Short.toUnsignedInt(local.getShort(26));
        long nameStart = header + LOCAL_HEADER_BYTES;
        if (local.getInt(0) != LOCAL_HEADER || nameLength != nameBytes.length
                || !Arrays.equals(file.read(nameStart, nameLength).array(), nameBytes)) {
            throw error(describe(name) + " is not where the directory says, at byte " + header);
        }
        requireStored(name, local.getShort(6), local.getShort(8));
        return new Entry(name, header, nameStart + nameLength + Short.toUnsignedInt(local.getShort(28)), size);
    }

    private void requireStored(String name, short flags, short method) throws CheckpointException {
        if ((flags & ENCRYPTED) != 0) {
            throw error(describe(name) + " is encrypted");
        }
        if (method != 0) {
            throw error(describe(name) + " is compressed (method " + Short.toUnsignedInt(method)
                    + "), expected stored as PyTorch does");
        }
    }

    /** Narrows the extra fields to the body of the ZIP64 one, or to nothing. */
    private static void findZip64Extra(ByteBuffer extra) {
        while (extra.remaining() >= 4) {
            int id = Short.toUnsignedInt(extra.getShort());
            int length = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
            if (id == ZIP64_EXTRA) {
                extra.limit(extra.position() + length);
                return;
            }
            extra.position(extra.position() + length);
        }
        extra.position(extra.limit());
    }

    /** A field of the directory, or if it is full, the next number of the ZIP64 extra field. */
    private long sizeField(ByteBuffer fixed, int offset, ByteBuffer zip64, String name) throws CheckpointException {
        long value = Integer.toUnsignedLong(fixed.getInt(offset));
        if (value == IN_ZIP64_EXTRA) {
            value = zip64.remaining() < Long.BYTES ? -1 : zip64.getLong();
        }
        if (value < 0 || value > file.size()) {
            throw error(describe(name) + " has a size or an offset that is missing or outside of the file of "
                    + file.size() + " bytes");
        }
        return value;
    }

    /** No two entries share bytes, and none runs into the directory. */
    private void requireApart(long directoryStart) throws CheckpointException {
        List<Entry> sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingLong(Entry::header));
        Problems problems = new Problems(file.path());
        for (int i = 0; i < sorted.size(); i++) {
            long limit = i + 1 < sorted.size() ? sorted.get(i + 1).header() : directoryStart;
            if (sorted.get(i).end() > limit) {
                problems.add(describe(sorted.get(i).name()) + " ends at byte " + sorted.get(i).end()
                        + ", inside of what begins at " + limit);
            }
        }
        problems.throwIfAny();
    }

    private static String describe(String name) {
        return "zip entry " + CheckpointException.quote(name);
    }

    private CheckpointException error(String problem) {
        return file.error(problem);
    }
}
