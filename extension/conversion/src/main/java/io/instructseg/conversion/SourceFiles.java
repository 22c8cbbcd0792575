package io.instructseg.conversion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import io.instructseg.format.ModelManifest;

/**
 * The provenance of a model: the files that it was converted from, with their hashes. These are computed beside the conversion,
 * beginning with the constructor.
 */
final class SourceFiles implements AutoCloseable {

    private static final String STEP = "hashing the checkpoint";
    private static final long REPORT_MILLIS = 100;

    private final Path directory;
    private final List<Path> files;
    private final long total;
    private final Workers worker = new Workers(1);
    private final Future<List<ModelManifest.SourceFile>> hashes;
    private volatile long done;

    /**
     * @param weights the checkpoint's weight files
     * @param adapter the adapter's files, if there is one
     */
    SourceFiles(Path directory, List<Path> weights, List<Path> adapter) throws IOException {
        this.directory = directory.toRealPath();
        this.files = Stream.of(List.of(directory.resolve("config.json"), directory.resolve("instructseg.json")), weights,
                new TokenizerFiles(directory).files(), adapter).flatMap(List::stream).filter(Files::exists).toList();
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        this.total = bytes;
        this.hashes = worker.executor().submit(this::hash);
    }

    /** Waits until all files are hashed. */
    ModelManifest.Source await(ConversionListener listener) throws IOException {
        while (!hashes.isDone()) {
            listener.progress(STEP, done, total);
            pause();
        }
        listener.progress(STEP, done, total);
        return new ModelManifest.Source(directory.getFileName().toString(), Workers.get(hashes));
    }

    private void pause() throws IOException {
        try {
            hashes.get(REPORT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // asked again
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConversionException("interrupted", e);
        }
    }

    private List<ModelManifest.SourceFile> hash() throws IOException {
        List<ModelManifest.SourceFile> hashed = new ArrayList<>();
        for (Path file : files) {
            hashed.add(new ModelManifest.SourceFile(name(file.toRealPath()), Files.size(file), sha256(file)));
        }
        return hashed;
    }

    /** Of an adapter's file, with its directory. */
    private String name(Path file) {
        boolean own = file.startsWith(directory);
        return (own ? directory.relativize(file) : file.subpath(file.getNameCount() - 2, file.getNameCount())).toString();
    }

    private String sha256(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
        try (FileChannel channel = FileChannel.open(file)) {
            while (channel.read(buffer.clear()) >= 0) {
                done += buffer.position();
                digest.update(buffer.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Stops hashing. */
    @Override
    public void close() {
        worker.close();
    }
}
