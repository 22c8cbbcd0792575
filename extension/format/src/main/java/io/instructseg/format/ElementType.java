package io.instructseg.format;

/** Element types of the tensors that enter and leave the signatures. */
public enum ElementType {
    FLOAT32,
    INT32,
    UINT8
}
