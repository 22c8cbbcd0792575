package io.instructseg.cli.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        long start = System.nanoTime();
        try {
            for (Path file : files) {
                read(file);
            }
        } catch (UnsupportedOperationException | IOException e) {
            // tmpfs, say: it has no disk; or one that can't be read like that
            return new DiskRead(bytes, 0);
        }
        return new DiskRead(bytes, (System.nanoTime() - start) * 1e-9);
    }

    private static void read(Path file) throws IOException {
        int alignment = Math.toIntExact(Files.getFileStore(file).getBlockSize());
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES + alignment).alignedSlice(alignment);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
            long position = 0;
            while (position < channel.size()) {
                block.clear().limit(BLOCK_BYTES);
                position += channel.read(block, position);
            }
        }
    }
}
