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

    /** What runs next; null if nothing does. Called with the lock held. */
    Runnable poll() {
        if (first != null) {
            Runnable next = first;
            first = null;
            return next;
        }
        RequestQueue<R>.Job<?> job = queue.poll();
        return job == null ? null : () -> job.run(resource);
    }
}
