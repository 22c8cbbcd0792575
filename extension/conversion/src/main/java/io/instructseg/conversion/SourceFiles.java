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
import java.util.stream.Stream;

import io.instructseg.format.ModelManifest;

/** The provenance of a model: the files that it was converted from, with their hashes. */
final class SourceFiles {

    private final Path directory;
    private final ConversionListener listener;

    SourceFiles(Path directory, ConversionListener listener) {
        this.directory = directory;
        this.listener = listener;
    }

    /** @param weights the checkpoint's weight files */
    ModelManifest.Source hash(List<Path> weights) throws IOException {
        List<Path> files = Stream.of(List.of(directory.resolve("config.json"), directory.resolve("instructseg.json")), weights,
                new TokenizerFiles(directory).files()).flatMap(List::stream).filter(Files::exists).toList();
        long total = 0;
        for (Path file : files) {
            total += Files.size(file);
        }
        List<ModelManifest.SourceFile> hashed = new ArrayList<>();
        long done = 0;
        for (Path file : files) {
            String name = directory.toRealPath().relativize(file.toRealPath()).toString();
            hashed.add(new ModelManifest.SourceFile(name, Files.size(file), sha256(file, done, total)));
            done += Files.size(file);
        }
        return new ModelManifest.Source(directory.toRealPath().getFileName().toString(), hashed);
    }

    private String sha256(Path file, long done, long total) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        try (FileChannel channel = FileChannel.open(file)) {
            while (channel.read(buffer.clear()) >= 0) {
                listener.progress("hashing the checkpoint", done + channel.position(), total);
                digest.update(buffer.flip());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
