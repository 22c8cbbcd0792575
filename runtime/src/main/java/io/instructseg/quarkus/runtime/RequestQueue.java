package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

import io.instructseg.engine.CancellationToken;
import io.instructseg.quarkus.QueueFullException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.UniEmitter;

/**
 * What waits for a model. What nobody waits for any more leaves the queue, or stops between two stages. Guarded by the device's
 * lock.
 */
final class RequestQueue {

    private final DeviceExecutor device;
    private final int capacity;
    private final Deque<Job<?>> jobs = new ArrayDeque<>();
    private boolean open;
    private Runnable first;
    /** Why nothing is taken any more; null while it is. */
    private Supplier<? extends RuntimeException> refusal;
    private volatile boolean stopped;

    RequestQueue(DeviceExecutor device, int capacity) {
        this.device = device;
        this.capacity = capacity;
    }

    /** Lets the device work: on this first, then on what waits. */
    void openWith(Runnable first) {
        locked(() -> {
            this.first = first;
            open = true;
            device.changed();
        });
    }

    /** Takes nothing any more, fails what waits, and stops what runs before its next stage. */
    void fail(Supplier<? extends RuntimeException> reason) {
        List<Job<?>> waiting = new ArrayList<>();
        locked(() -> {
            refusal = reason;
            stopped = true;
            waiting.addAll(jobs);
            jobs.clear();
            device.changed();
        });
        waiting.forEach(job -> job.emitter.fail(reason.get()));
    }

    /** Work that starts in its turn once somebody subscribes; its result arrives on a worker thread of Quarkus. */
    <T> Uni<T> submit(Work<T> work) {
        return Uni.createFrom().<T> emitter(emitter -> enqueue(new Job<>(work, emitter)))
                .emitOn(Infrastructure.getDefaultWorkerPool());
    }

    private void enqueue(Job<?> job) {
        job.emitter.onTermination(() -> cancel(job));
        RuntimeException refused = offer(job);
        if (refused != null) {
            job.emitter.fail(refused);
        }
    }

    private RuntimeException offer(Job<?> job) {
        device.lock.lock();
        try {
            if (refusal != null) {
                return refusal.get();
            }
            if (jobs.size() >= capacity) {
                return new QueueFullException(capacity, device.untilPlaceIsFree());
            }
            jobs.add(job);
            device.changed();
            return null;
        } finally {
            device.lock.unlock();
        }
    }

    private void cancel(Job<?> job) {
        locked(() -> {
            job.cancelled = true;
            if (jobs.remove(job)) {
                device.changed();
            }
        });
    }

    /** What runs next; null if nothing does. Called with the lock held. */
    Runnable poll() {
        if (first != null) {
            Runnable next = first;
            first = null;
            return next;
        }
        return open ? jobs.poll() : null;
    }

    /** How many wait. */
    int waiting() {
        device.lock.lock();
        try {
            return jobs.size();
        } finally {
            device.lock.unlock();
        }
    }

    int capacity() {
        return capacity;
    }

    private void locked(Runnable work) {
        device.lock.lock();
        try {
            work.run();
        } finally {
            device.lock.unlock();
        }
    }

    /** Ends the queue: takes no more, lets what is there go on for some time, fails the rest, and waits for what runs. */
    void close(Supplier<? extends RuntimeException> reason, Duration grace) {
        locked(() -> refusal = reason);
        device.awaitEmpty(this, grace);
        fail(reason);
        device.remove(this);
    }

    /** What runs on the device. */
    @FunctionalInterface
    interface Work<T> {

        T run(CancellationToken cancellation) throws Exception;
    }

    /** A request. */
    private final class Job<T> implements Runnable {

        private final Work<T> work;
        private final UniEmitter<? super T> emitter;
        private volatile boolean cancelled;

        private Job(Work<T> work, UniEmitter<? super T> emitter) {
            this.work = work;
            this.emitter = emitter;
        }

        @Override
        public void run() {
            if (cancelled) {
                return;
            }
            try {
                emitter.complete(work.run(() -> cancelled || stopped));
            } catch (Throwable e) {
                // an Error, too, has to reach whoever waits
                emitter.fail(stopped ? refusal.get() : e);
            }
        }
    }
}
