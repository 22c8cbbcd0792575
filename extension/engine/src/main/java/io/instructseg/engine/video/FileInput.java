package io.instructseg.engine.video;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.Read_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.avformat.Seek_Pointer_long_int;
import org.bytedeco.ffmpeg.avformat.Write_packet_Pointer_BytePointer_int;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Lets FFmpeg read one open file through Java: it never opens a path or an address itself. Owns the file and the native buffer.
 */
final class FileInput implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int WINDOW_BYTES = 8 << 10;
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int SEEK_END = 2;

    /** JavaCPP has few callbacks to give: one for all files, told apart by a number. */
    private static final Map<Long, FileInput> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final Reader READER = new Reader();
    private static final Seeker SEEKER = new Seeker();

    private final FileChannel channel;
    private final long size;
    /** What {@link #at} read last. */
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long windowStart;
    private final long number = NUMBERS.incrementAndGet();
    private final AVIOContext context;
    /** Where FFmpeg reads. */
    private long position;
    private IOException failure;

    private FileInput(FileChannel channel, long size) {
        this.channel = channel;
        this.size = size;
        BytePointer buffer = FFmpeg.require(new BytePointer(avutil.av_malloc(BUFFER_BYTES)), "av_malloc");
        this.context = FFmpeg.require(avformat.avio_alloc_context(buffer, BUFFER_BYTES, 0, new Number(number), READER,
                (Write_packet_Pointer_BytePointer_int) null, SEEKER), "avio_alloc_context");
        OPEN.put(number, this);
    }

    /**
     * @throws VideoException if it is no file, an empty one, or one beyond the limit
     * @throws IOException if the file can't be opened
     */
    static FileInput open(Path file, VideoLimits limits) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new VideoException(VideoException.Kind.UNSUPPORTED, "not a file: found " + file);
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            long size = channel.size();
            limits.checkBytes(size);
            return new FileInput(channel, size);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    AVIOContext context() {
        return context;
    }

    /** The first bytes, fewer if the file is shorter. */
    byte[] head(int length) throws IOException {
        byte[] head = new byte[(int) Math.min(length, size)];
        for (int i = 0; i < head.length; i++) {
            head[i] = (byte) at(i);
        }
        return head;
    }

    /** An unsigned byte, -1 beyond the end. Leaves alone where FFmpeg reads. */
    int at(long place) throws IOException {
        if (place < windowStart || place >= windowStart + window.limit()) {
            window.clear();
            windowStart = place;
            channel.read(window, place);
            window.flip();
        }
        return window.hasRemaining() ? window.get((int) (place - windowStart)) & 0xff : -1;
    }

    /** @throws IOException if the file could not be read: no fault of its contents */
    void throwFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    /** How many inputs are open in this JVM: for tests. */
    static int openCount() {
        return OPEN.size();
    }

    private int read(ByteBuffer target) {
        try {
            int read = position < size ? channel.read(target, position) : 0;
            if (read <= 0) {
                return avutil.AVERROR_EOF;
            }
            position += read;
            return read;
        } catch (IOException e) {
            failure = e;
            return avutil.AVERROR_EIO();
        }
    }

    /** Files name places far beyond their end, which is no error until something is read there. */
    private long seek(long offset, int whence) {
        if ((whence & avformat.AVSEEK_SIZE) != 0) {
            return size;
        }
        long target = switch (whence & ~avformat.AVSEEK_FORCE) {
            case SEEK_SET -> offset;
            case SEEK_CUR -> position + offset;
            case SEEK_END -> size + offset;
            default -> -1;
        };
        if (target < 0) {
            return avutil.AVERROR_EINVAL();
        }
        position = target;
        return target;
    }

    @Override
    public void close() {
        if (OPEN.remove(number) != null) {
            avutil.av_free(context.buffer()); // it may have replaced the first one
            avformat.avio_context_free(context);
            try {
                channel.close();
            } catch (IOException e) {
                // nothing was written, nothing is lost
            }
        }
    }

    /** A number where C has the address of an object. */
    private static final class Number extends Pointer {
        Number(long number) {
            super((Pointer) null);
            address = number;
        }
    }

    private static final class Reader extends Read_packet_Pointer_BytePointer_int {
        @Override
        public int call(Pointer number, BytePointer buffer, int length) {
            FileInput input = OPEN.get(number.address());
            return input == null ? avutil.AVERROR_EIO() : input.read(buffer.capacity(length).asByteBuffer());
        }
    }

    private static final class Seeker extends Seek_Pointer_long_int {
        @Override
        public long call(Pointer number, long offset, int whence) {
            FileInput input = OPEN.get(number.address());
            return input == null ? avutil.AVERROR_EIO() : input.seek(offset, whence);
        }
    }
}
