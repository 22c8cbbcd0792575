package io.instructseg.quarkus.runtime.wire;

import java.util.concurrent.atomic.AtomicLong;

/** What a request's file takes of the share of the heap that all requests have, from its first byte to the request's end. */
public final class RequestMemory implements AutoCloseable {

    /** A quarter of the heap: buffers that grow take up to three times as much. */
    private static final AtomicLong FREE = new AtomicLong(Runtime.getRuntime().maxMemory() / 4);

    private final long maxImageBytes;
    private final AtomicLong free;
    private final AtomicLong taken = new AtomicLong();

    /** @param maxImageBytes the largest file of a picture */
    public RequestMemory(long maxImageBytes) {
        this(maxImageBytes, FREE);
    }

    RequestMemory(long maxImageBytes, AtomicLong free) {
        this.maxImageBytes = maxImageBytes;
        this.free = free;
    }

    public long maxImageBytes() {
        return maxImageBytes;
    }

    /** @throws RequestException if all requests together have no room for that */
    void take(long bytes) {
        if (free.addAndGet(-bytes) < 0) {
            free.addAndGet(bytes);
            throw RequestException.later("the pictures of the requests that wait fill the memory for them already");
        }
        taken.addAndGet(bytes);
    }

    /** Gives all back. */
    @Override
    public void close() {
        free.addAndGet(taken.getAndSet(0));
    }
}
