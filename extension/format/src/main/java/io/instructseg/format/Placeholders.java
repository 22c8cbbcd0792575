package io.instructseg.format;

/** The ids that stand for embeddings in {@code prompt_ids} (official {@code mipha/constants.py}). */
public final class Placeholders {

    /** {@code <image>}: the picture's patch tokens. */
    public static final int IMAGE = -200;
    /** {@code <seg>}: the mask queries. */
    public static final int SEG = -201;
    /** {@code <refer>}: the instruction's tokens. */
    public static final int REFER = -204;
    /** {@code <temporal>}: the perceiver's tokens. */
    public static final int TEMPORAL = -205;

    private Placeholders() {
    }
}
