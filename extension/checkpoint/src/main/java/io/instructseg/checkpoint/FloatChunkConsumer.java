package io.instructseg.checkpoint;

import java.io.IOException;
import java.nio.FloatBuffer;

/** Takes the elements of a floating-point tensor as float32, chunk by chunk in row-major order. */
@FunctionalInterface
public interface FloatChunkConsumer {

    /**
     * @param chunk the elements between position and limit, backed by an array. The buffer is reused: it is valid until
     *        this method returns
     */
    void accept(FloatBuffer chunk) throws IOException;
}
