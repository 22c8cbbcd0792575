package io.instructseg.engine.session;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that a model needs and that does not show in what is free: while it is loaded, what it will take; until it is
 * closed, what it has mapped, since pages of files count as free.
 */
final class MemoryPromise implements AutoCloseable {

    private static final AtomicLong OPEN = new AtomicLong();

    private final long weights;
    private long mapped;
    private long bytes;

    private MemoryPromise(MemoryNeed need) {
        weights = need.weights();
        bytes = need.weights() + need.work();
        OPEN.addAndGet(bytes);
    }

    /** Of all models that load at this moment, or are loaded. */
    static long open() {
        return OPEN.get();
    }

    /** Without looking whether so much is free. */
    static MemoryPromise of(MemoryNeed need) {
        return new MemoryPromise(need);
    }

    /**
     * One at a time, so that of several models that begin to load each counts those before it. A file that several models have
     * mapped counts for each of them.
     *
     * @param directory of the model, for the error
     * @throws ModelException if the machine, or the process' container, has not so much free
     */
    static synchronized MemoryPromise checked(MemoryNeed need, Path directory) throws ModelException {
        need.require(directory, FreeMemory.now(), open());
        return new MemoryPromise(need);
    }

    /**
     * Lets go of what has been copied.
     *
     * @param mappedBytes of the host's weights that will be mapped, which are read behind the others
     */
    LoadListener telling(LoadListener listener, long mappedBytes) {
        mapped = mappedBytes;
        long all = bytes;
        return (done, total) -> {
            keep(all - Math.min(done, weights - mapped));
            listener.progress(done, total);
        };
    }

    /** The model is there: all but what is mapped shows. */
    void loaded() {
        keep(mapped);
    }

    private void keep(long left) {
        OPEN.addAndGet(left - bytes);
        bytes = left;
    }

    @Override
    public void close() {
        keep(0);
    }
}
