package io.instructseg.engine;

import java.util.concurrent.CancellationException;

/** Asked between the stages of a request, since a running stage can't be stopped. */
@FunctionalInterface
public interface CancellationToken {

    /** Never cancelled. */
    CancellationToken NONE = () -> false;

    /** Whether nobody waits for the request any more. */
    boolean isCancelled();

    /** @throws CancellationException if cancelled */
    default void throwIfCancelled() {
        if (isCancelled()) {
            throw new CancellationException("cancelled between two stages");
        }
    }
}
