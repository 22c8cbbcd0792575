package io.instructseg.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An open file, read at positions that its own contents name, and which are therefore checked. Safe for use by several threads.
 */
final class WeightFile implements Closeable {

    private static final int STREAM_BUFFER = 1 << 16;

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private WeightFile(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    static WeightFile open(Path path) throws IOException {
        // Opening a named pipe would wait for its writer.
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path, Files.exists(path) ? "not a regular file" : "no such file");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new WeightFile(path, channel, channel.size());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    CheckpointException error(String problem) {
        return new CheckpointException(path, problem);
    }

    /** Fills the buffer from {@code position} on; its limit says how much is wanted. */
    void read(ByteBuffer buffer, long position) throws IOException {
        requireInside(position, buffer.remaining());
        long next = position;
        while (buffer.hasRemaining()) {
            int count = channel.read(buffer, next);
            if (count < 0) {
                throw error("ends at byte " + next + " while being read, expected " + size + " bytes");
            }
            next += count;
        }
    }

    /** The bytes as a buffer from position 0, little-endian. */
    ByteBuffer read(long position, int length) throws IOException {
        requireInside(position, length);
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        read(buffer, position);
        return buffer.flip();
    }

    /** The bytes as a stream that ends after {@code length} of them. */
    InputStream stream(long position, long length) throws IOException {
        requireInside(position, length);
        return new SectionStream(position, position + length);
    }

    private void requireInside(long position, long length) throws CheckpointException {
        if (position < 0 || length < 0 || position > size - length) {
            throw error("bytes " + position + " to " + position + " + " + length + " are outside of the file of " + size
                    + " bytes; is it truncated?");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private final class SectionStream extends InputStream {

        private final ByteBuffer buffer = ByteBuffer.allocate(STREAM_BUFFER).limit(0);
        private final long end;
        private long next;

        SectionStream(long start, long end) {
            this.next = start;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            return refill() ? buffer.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!refill()) {
                return -1;
            }
            int count = Math.min(length, buffer.remaining());
            buffer.get(target, offset, count);
            return count;
        }

        private boolean refill() throws IOException {
            if (!buffer.hasRemaining() && next < end) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), end - next));
                int count = buffer.remaining();
                WeightFile.this.read(buffer, next);
                next += count;
                buffer.flip();
            }
            return buffer.hasRemaining();
        }
    }
}
