package io.instructseg.engine.session;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Reads weights from their file, several at once, in the order in which they lie there, and compares their checksums. What was
 * read is in the system's memory, where it can be mapped.
 */
final class WeightFile {

    private static final int BLOCK_BYTES = 1 << 20;
    /** More would not be faster than disks are. */
    private static final int MOST_THREADS = 4;

    private final Path file;
    private final FileChannel channel;
    private final ThreadLocal<ByteBuffer> blocks = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BLOCK_BYTES));

    /**
     * A weight.
     *
     * @param start where it begins in the file
     * @param checksum of its bytes, as {@link IndexTable#mask} has it
     */
    record Part(String weight, long start, long bytes, int checksum) {
    }

    private WeightFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Reads parts of a file.
     *
     * @param listener told on this thread how many bytes have been read, after each part; what it throws ends the reading
     * @throws ModelException naming the first weight whose checksum is another one, or that the file ends before
     * @throws IOException also if the file can't be read
     */
    static void check(Path file, List<Part> parts, LongConsumer listener) throws IOException {
        List<Part> sorted = parts.stream().sorted(Comparator.comparingLong(Part::start)).toList();
        ExecutorService threads = Executors
                .newFixedThreadPool(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            new WeightFile(file, channel).check(sorted, threads, listener);
        } finally {
            // what still reads finds the file closed
            threads.shutdownNow();
        }
    }

    private void check(List<Part> parts, ExecutorService threads, LongConsumer listener) throws IOException {
        List<Future<Void>> checks = new ArrayList<>();
        for (Part part : parts) {
            checks.add(threads.submit(() -> check(part)));
        }
        long done = 0;
        for (int i = 0; i < checks.size(); i++) {
            await(checks.get(i));
            done += parts.get(i).bytes();
            listener.accept(done);
        }
    }

    private Void check(Part part) throws IOException {
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
        if (IndexTable.mask(crc) != part.checksum()) {
            throw new ModelException("%s is damaged: the checksum of weight %s is %08x, expected %08x".formatted(file,
                    part.weight(), IndexTable.mask(crc), part.checksum()));
        }
        return null;
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
}
