package io.instructseg.engine.session;

/**
 * Told while a model's weights are read, on the loading thread: before the first, after each that is mapped, and after each
 * part of the others.
 */
@FunctionalInterface
public interface LoadListener {

    /** Tells nobody. */
    LoadListener NONE = (done, total) -> {
    };

    /**
     * How far it is. An exception that this throws ends the loading, and what was loaded is freed.
     *
     * @param done bytes of weights that are in memory
     * @param total bytes of all weights
     */
    void progress(long done, long total);
}
