package io.instructseg.engine.text;

/** How words mean an object. With a {@link Medium} each is one of the paper's four tasks (section 3.1). */
public enum Task {

    /** RES, in videos R-VOS: sentences name the object. */
    REFERRING,
    /** ReasonSeg, in videos ReVOS: a question implies the object. */
    REASONING
}
