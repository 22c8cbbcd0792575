package io.instructseg.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** The golden checkpoints, and whole tensors out of a checkpoint. */
final class Goldens {

    private Goldens() {
    }

    static Path directory(String model) {
        return Path.of(System.getProperty("instructseg.test-data"), "golden", model);
    }

    static byte[] bytes(Checkpoint checkpoint, String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        checkpoint.read(name, chunk -> bytes.write(chunk.array(), chunk.arrayOffset() + chunk.position(), chunk.remaining()));
        return bytes.toByteArray();
    }

    static float[] floats(Checkpoint checkpoint, String name) throws IOException {
        FloatBuffer values = FloatBuffer.allocate((int) checkpoint.tensors().get(name).elements());
        checkpoint.readFloat32(name, values::put);
        return values.array();
    }
}
