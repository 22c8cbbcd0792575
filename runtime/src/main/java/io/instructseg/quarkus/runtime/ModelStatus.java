package io.instructseg.quarkus.runtime;

/**
 * How far the model is.
 *
 * @param state loading, warming, ready, failed or closed
 * @param reason why it is not ready: what failed, or how much of the weights has been read; else empty
 */
public record ModelStatus(State state, String reason) {

    /** The life of a model. */
    public enum State {
        LOADING,
        WARMING,
        READY,
        FAILED,
        CLOSED
    }

    /** Whether it is on its way. */
    public boolean isStarting() {
        return state == State.LOADING || state == State.WARMING;
    }

    static ModelStatus of(State state) {
        return new ModelStatus(state, "");
    }
}
