package io.instructseg.engine.text;

/** The ids in a prompt that stand for embeddings (official {@code instructseg.utils.constants}); all are negative. */
public final class Placeholders {

    /** {@code <image>}: the patch tokens of the picture or the key frame. */
    public static final int IMAGE = -200;
    /** {@code <seg>}: the mask queries. */
    public static final int SEG = -201;
    /** {@code <refer>}: the tokens of the instruction. */
    public static final int REFER = -204;
    /** {@code <temporal>}: what the object-aware video perceiver makes of the reference frames. */
    public static final int TEMPORAL = -205;

    private Placeholders() {
    }
}
