package io.instructseg.cli.verify;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.Safetensors;
import io.instructseg.checkpoint.TensorInfo;

/** A safetensors file of recorded tensors, or none: what was not recorded has no file. */
final class TensorFile {

    private final Path file;
    private Set<String> names;

    TensorFile(Path file) {
        this.file = file;
    }

    /** Of all tensors; none if there is no file. */
    Set<String> names() throws IOException {
        if (names == null) {
            names = Files.isRegularFile(file) ? readNames() : Set.of();
        }
        return names;
    }

    private Set<String> readNames() throws IOException {
        try (Checkpoint tensors = Safetensors.openFile(file)) {
            return Set.copyOf(tensors.tensors().keySet());
        }
    }

    /** A tensor, if it was recorded. */
    Optional<GoldenTensor> find(String name) throws IOException {
        if (!names().contains(name)) {
            return Optional.empty();
        }
        try (Checkpoint tensors = Safetensors.openFile(file)) {
            return Optional.of(read(tensors, tensors.tensors().get(name)));
        }
    }

    /** @throws IOException if it was not recorded */
    GoldenTensor get(String name) throws IOException {
        return find(name).orElseThrow(() -> new IOException(file + " has no tensor " + name));
    }

    private static GoldenTensor read(Checkpoint tensors, TensorInfo info) throws IOException {
        float[] values = new float[Math.toIntExact(info.elements())];
        if (info.dataType().isFloatingPoint()) {
            FloatBuffer target = FloatBuffer.wrap(values);
            tensors.readFloat32(info.name(), target::put);
        } else {
            long[] integers = tensors.readIntegers(info.name());
            for (int i = 0; i < values.length; i++) {
                values[i] = integers[i];
            }
        }
        return new GoldenTensor(info.shape().stream().mapToLong(Long::longValue).toArray(), values);
    }
}
