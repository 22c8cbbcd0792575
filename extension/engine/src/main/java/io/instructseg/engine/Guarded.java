package io.instructseg.engine;

import java.util.concurrent.CancellationException;

/**
 * Such as a {@link VideoSegmentation} or the source of its frames: what is for one thread at a time, but has to be closed from
 * any: at once, or when its use ends.
 *
 * @param <T> closes without an exception
 */
public final class Guarded<T extends AutoCloseable> {

    private final T resource;
    private boolean used;
    private boolean closed;

    public Guarded(T resource) {
        this.resource = resource;
    }

    /** @throws CancellationException if it is closed */
    public <V> V use(Use<T, V> use) throws Exception {
        enter();
        try {
            return use.apply(resource);
        } finally {
            leave();
        }
    }

    private synchronized void enter() {
        if (closed) {
            throw new CancellationException();
        }
        used = true;
    }

    private void leave() throws Exception {
        boolean close;
        synchronized (this) {
            used = false;
            close = closed;
        }
        if (close) {
            resource.close();
        }
    }

    /** At any time, from any thread. Has no effect the second time. */
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (used) {
                return;
            }
        }
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is done with it. */
    @FunctionalInterface
    public interface Use<T, V> {

        V apply(T resource) throws Exception;
    }
}
