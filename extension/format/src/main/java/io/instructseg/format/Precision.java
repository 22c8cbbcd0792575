package io.instructseg.format;

/**
 * The element type in which a model keeps its matrices and multiplies them. Vectors (biases, norms, embeddings of
 * positions) are kept in float32, though a bias is rounded with the product that it is added to. The keys and values
 * of earlier words are kept in the matrices' type. Norms, softmax, scores, everything else between stages, and all of the pixel
 * decoder
 * and
 * the mask decoder are float32 at any precision.
 */
public enum Precision {
    FLOAT32(4),
    BFLOAT16(2),
    FLOAT16(2);

    private final int bytes;

    Precision(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
