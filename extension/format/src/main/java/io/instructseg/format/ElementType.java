package io.instructseg.format;

/** Element types of the tensors that enter and leave the signatures. */
public enum ElementType {
    FLOAT32,
    /** The type of the model's matrices ({@link Precision}), or float32: the same for all tensors that have this type. */
    PRECISION,
    INT32,
    UINT8
}
