package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

import io.instructseg.format.VariablesFormat;

/**
 * Reads weights from their file, several at once, and compares their checksums. What was read is in the system's memory, where
 * it can be mapped. Begins at once, on threads of its own.
 */
final class WeightFile implements AutoCloseable {

    private static final int BLOCK_BYTES = 1 << 20;
    /** However few cores there are: disks answer several at once faster, and reading takes little of a core's time. */
    private static final int THREADS = 4;

    private final Path file;
    private final List<Object> identity;
    private final ExecutorService threads;
    private final ThreadLocal<ByteBuffer> blocks = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BLOCK_BYTES));
    private final List<Part> parts;
    private final List<Future<Void>> checks;

    /**
     * A weight.
     *
     * @param start where it begins in the file
     * @param checksum of its bytes, as {@link VariablesFormat#mask} has it
     */
    record Part(String weight, long start, long bytes, int checksum) {
    }

    /**
     * @param parts weights, in the order in which they lie in the file
     * @throws IOException if there is no such file; not for no parts
     */
    WeightFile(Path file, List<Part> parts) throws IOException {
        this.file = file;
        this.identity = parts.isEmpty() ? List.of() : identity(file);
        this.parts = parts;
        this.threads = Executors.newFixedThreadPool(THREADS,
                WeightFile::thread);
        this.checks = parts.stream().map(part -> threads.submit(() -> check(part))).toList();
    }

    /** Of those that read a file that doesn't answer, nobody waits for. */
    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "instructseg-weights");
        thread.setDaemon(true);
        return thread;
    }

    /** Of all that is read. */
    long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    /**
     * Waits until all has been read.
     *
     * @param listener told on this thread how many bytes have been read, after each part
     * @throws ModelException naming the first weight whose checksum is another one, or that the file ends before; or if
     *         another file has taken this one's name
     * @throws IOException also if the file can't be read
     */
    void await(LongConsumer listener) throws IOException {
        long done = 0;
        for (int i = 0; i < parts.size(); i++) {
            await(checks.get(i));
            done += parts.get(i).bytes();
            listener.accept(done);
        }
        // what was read must be what was mapped meanwhile
        if (!parts.isEmpty() && !identity.equals(identity(file))) {
            throw new ModelException(file + " was replaced while it was read");
        }
    }

    private static List<Object> identity(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return Arrays.asList(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
    }

    private Void check(Part part) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int checksum = VariablesFormat.mask(read(channel, part));
            if (checksum != part.checksum()) {
                throw new ModelException("%s is damaged: the checksum of weight %s is %08x, expected %08x".formatted(file,
                        part.weight(), checksum, part.checksum()));
            }
            return null;
        }
    }

    private CRC32C read(FileChannel channel, Part part) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer block = blocks.get();
        for (long done = 0; done < part.bytes();) {
            block.clear().limit((int) Math.min(BLOCK_BYTES, part.bytes() - done));
            int read = channel.read(block, part.start() + done);
            if (read < 0) {
                throw new ModelException("%s ends at %d, within weight %s".formatted(file, channel.size(), part.weight()));
            }
            crc.update(block.flip());
            done += read;
        }
        return crc;
    }

    private void await(Future<Void> check) throws IOException {
        try {
            check.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelException("interrupted while " + file + " was read", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Ends what is still being read. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
