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

    /** What runs next; null if nothing does. Called with the lock held. */
    Runnable poll() {
        if (first != null) {
            Runnable next = first;
            first = null;
            return next;
        }
        RequestQueue<R>.Job<?> job = queue.poll(this);
        return job == null ? null : () -> job.run(resource);
    }
}
