package io.instructseg.quarkus.runtime;

/**
 * How far the model is.
 *
 * @param state loading, warming, ready, failed or closed
 * @param reason why there is no model, if it failed
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

    static ModelStatus of(State state) {
        return new ModelStatus(state, "");
    }
}
