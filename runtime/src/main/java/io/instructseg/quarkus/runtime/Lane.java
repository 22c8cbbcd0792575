package io.instructseg.quarkus.runtime;

/**
 * Where a device takes work of a queue.
 *
 * @param <R> what the work is done with: the model on that device
 */
final class Lane<R> {

    private final RequestQueue<R> queue;
    private final DeviceExecutor device;
    private final R resource;
    private Runnable first;
    private int guests;

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

    /** How much work in steps is on this device. Called with the lock held. */
    int guests() {
        return guests;
    }

    /** Called with the lock held. */
    void enter() {
        guests++;
    }

    /** Called with the lock held. */
    void leave() {
        guests--;
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
