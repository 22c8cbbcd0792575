package io.instructseg.quarkus.runtime;

import java.util.HashSet;
import java.util.Set;

/**
 * Where a device takes work of a queue.
 *
 * @param <R> what the work is done with: the model on that device
 */
final class Lane<R> {

    private final RequestQueue<R> queue;
    private final DeviceExecutor device;
    private final R resource;
    private final Set<Guest<R>> guests = new HashSet<>();
    private Runnable first;
    /** For how long steps of requests go before what waits longer. */
    private long owedNanos;

    /** @param first runs before anything of the queue */
    Lane(RequestQueue<R> queue, DeviceExecutor device, R resource, Runnable first) {
        this.queue = queue;
        this.device = device;
        this.resource = resource;
        this.first = first;
    }

    RequestQueue<R> queue() {
        return queue;
    }

    DeviceExecutor device() {
        return device;
    }

    R resource() {
        return resource;
    }

    /** The work in steps that is on this device. Called with the lock held. */
    Set<Guest<R>> guests() {
        return guests;
    }

    /** Called with the lock held. */
    void enter(Guest<R> guest) {
        guests.add(guest);
    }

    /** Called with the lock held. */
    void leave(Guest<R> guest) {
        guests.remove(guest);
    }

    /** Whether steps of requests go first: else each would wait for all that came meanwhile. Called with the lock held. */
    boolean owesSteps() {
        return owedNanos > 0;
    }

    /** @param step whether it was a further one of a request. Called with the lock held. */
    void took(boolean step, long nanos) {
        owedNanos = step ? owedNanos - nanos : nanos;
    }

    /** What runs next; null if nothing does. Called with the lock held. */
    Runnable poll() {
        if (first != null) {
            Runnable next = first;
            first = null;
            return next;
        }
        RequestQueue<R>.Job<?> job = queue.poll(this);
        return job == null ? null : () -> job.run(this);
    }
}
