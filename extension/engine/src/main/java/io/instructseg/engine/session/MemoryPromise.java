package io.instructseg.engine.session;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that a model which is being loaded will take, and that does not show yet in what is free. */
final class MemoryPromise implements AutoCloseable {

    private static final AtomicLong OPEN = new AtomicLong();

    private final long weights;
    private long bytes;

    MemoryPromise(MemoryNeed need) {
        weights = need.weights();
        bytes = need.weights() + need.work();
        OPEN.addAndGet(bytes);
    }

    /** Of all models that load at this moment. */
    static long open() {
        return OPEN.get();
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
