package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

import com.sun.nio.file.ExtendedOpenOption;

/**
 * Reading a model's files one after the other from the disk itself, whether the system has them in its memory or not.
 *
 * @param seconds 0 where the file system can't be read past the system's memory
 */
public record DiskRead(long bytes, double seconds) {

    private static final int BLOCK_BYTES = 8 << 20;

    static DiskRead of(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        long start = System.nanoTime();
        for (Path file : files) {
            if (!read(file)) {
                return new DiskRead(bytes, 0);
            }
        }
        return new DiskRead(bytes, (System.nanoTime() - start) * 1e-9);
    }

    /** False if the file system can't be read like that: tmpfs, say, which has no disk. */
    private static boolean read(Path file) throws IOException {
        long blockSize = Files.getFileStore(file).getBlockSize();
        if (blockSize < 1 || BLOCK_BYTES % blockSize != 0) {
            return false;
        }
        ByteBuffer block = ByteBuffer.allocateDirect(2 * BLOCK_BYTES).alignedSlice((int) blockSize).limit(BLOCK_BYTES);
        try (FileChannel channel = open(file)) {
            if (channel == null) {
                return false;
            }
            for (long position = 0; position < channel.size(); position += BLOCK_BYTES) {
                int read = channel.read(block.rewind(), position);
                if (read < Math.min(BLOCK_BYTES, channel.size() - position)) {
                    throw new IOException(file + ": " + read + " bytes could be read at " + position);
                }
            }
            return true;
        }
    }

    private static FileChannel open(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT);
        } catch (UnsupportedOperationException e) {
            return null;
        } catch (FileSystemException e) {
            if (Files.isReadable(file)) {
                return null;
            }
            throw e;
        }
    }
}
