package io.instructseg.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the elements of a tensor, chunk by chunk in row-major order. */
@FunctionalInterface
public interface ChunkConsumer {

    /**
     * @param chunk whole elements between position and limit, little-endian. The buffer is reused: it is valid until
     *        this method returns
     */
    void accept(ByteBuffer chunk) throws IOException;
}
