package io.instructseg.engine;

/** Why a text ended. */
public enum FinishReason {

    /** The model said that it has ended. */
    END_OF_TEXT,
    /** One of {@link GenerationOptions#stop()} came; it and what followed it is not part of the text. */
    STOP_STRING,
    /** {@link GenerationOptions#maxTokens()} were made. */
    MAX_TOKENS
}
