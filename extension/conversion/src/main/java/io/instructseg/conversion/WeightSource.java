package io.instructseg.conversion;

import java.io.IOException;
import java.util.Map;

import io.instructseg.checkpoint.Checkpoint;
import io.instructseg.checkpoint.FloatChunkConsumer;
import io.instructseg.checkpoint.TensorInfo;

/** The weights to convert. Safe for use by several threads. */
interface WeightSource {

    /** The tensors by name, in the order in which they are read fastest. */
    Map<String, TensorInfo> tensors();

    /** As {@link Checkpoint#readFloat32}. */
    void readFloat32(String name, FloatChunkConsumer consumer) throws IOException;

    static WeightSource of(Checkpoint checkpoint) {
        return new WeightSource() {
            @Override
            public Map<String, TensorInfo> tensors() {
                return checkpoint.tensors();
            }

            @Override
            public void readFloat32(String name, FloatChunkConsumer consumer) throws IOException {
                checkpoint.readFloat32(name, consumer);
            }
        };
    }
}
