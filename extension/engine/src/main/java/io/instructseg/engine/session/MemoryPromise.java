package io.instructseg.engine.session;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The memory that a model which is being loaded will take, and that does not show yet in what is free. */
final class MemoryPromise implements AutoCloseable {

    private static final AtomicLong OPEN = new AtomicLong();

    private final long weights;
    private long bytes;

    private MemoryPromise(MemoryNeed need) {
        weights = need.weights();
        bytes = need.weights() + need.work();
        OPEN.addAndGet(bytes);
    }

    /** Of all models that load at this moment. */
    static long open() {
        return OPEN.get();
    }

    /** Without looking whether so much is free. */
    static MemoryPromise of(MemoryNeed need) {
        return new MemoryPromise(need);
    }

    /**
     * One at a time, so that of several models that begin to load each counts those before it.
     *
     * @param directory of the model, for the error
     * @throws ModelException if the machine, or the process' container, has not so much free
     */
    static synchronized MemoryPromise checked(MemoryNeed need, Path directory) throws ModelException {
        need.require(directory, FreeMemory.now().map(free -> free.and(KeptMemory.bytes())), open());
        return new MemoryPromise(need);
    }

    /** Lets go of what has been read. */
    LoadListener telling(LoadListener listener) {
        long all = bytes;
        return (done, total) -> {
            keep(all - Math.min(done, weights));
            listener.progress(done, total);
        };
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
