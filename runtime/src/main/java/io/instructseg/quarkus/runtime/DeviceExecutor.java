package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The thread of a device: one request after the other, each with all that the device has. Every model on it has a bounded queue
 * of its own, and the queues take turns, so that a busy model can't starve another.
 */
final class DeviceExecutor implements AutoCloseable {

    /** Weight of the newest request in the average of their durations. */
    private static final double NEWEST = 0.2;

    /** Guards the queues, too. */
    final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<RequestQueue> queues = new ArrayList<>();
    private final Thread thread;
    private int turn;
    private boolean closed;
    private RequestQueue running;
    private long runningSince;
    private double averageNanos;

    DeviceExecutor(String device) {
        thread = new Thread(this::run, "instructseg-" + device);
        thread.start();
    }

    /** A queue for a model; nothing of it runs before it is opened. */
    RequestQueue newQueue(int capacity) {
        lock.lock();
        try {
            RequestQueue queue = new RequestQueue(this, capacity);
            queues.add(queue);
            return queue;
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock held. */
    void changed() {
        changed.signalAll();
    }

    private void run() {
        for (Runnable work = take(); work != null; work = take()) {
            work.run();
            finished();
        }
    }

    private Runnable take() {
        lock.lock();
        try {
            Runnable next = next();
            while (next == null && !closed) {
                changed.awaitUninterruptibly();
                next = next();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private Runnable next() {
        for (int i = 0; i < queues.size(); i++) {
            turn = (turn + 1) % queues.size();
            Runnable work = queues.get(turn).poll();
            if (work != null) {
                running = queues.get(turn);
                runningSince = System.nanoTime();
                return work;
            }
        }
        return null;
    }

    private void finished() {
        lock.lock();
        try {
            long nanos = System.nanoTime() - runningSince;
            averageNanos = averageNanos == 0 ? nanos : (1 - NEWEST) * averageNanos + NEWEST * nanos;
            running = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How long the request that runs has been running; zero if none does. */
    Duration runningFor() {
        lock.lock();
        try {
            return running == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - runningSince);
        } finally {
            lock.unlock();
        }
    }

    /** How long it takes until a place of a full queue is free again, as far as one can tell. Called with the lock held. */
    Duration untilPlaceIsFree() {
        return Duration.ofNanos((long) (averageNanos * queues.stream().filter(queue -> queue.waiting() > 0).count()));
    }

    /** Takes a queue away once nothing of it runs any more, waiting for that. */
    void remove(RequestQueue queue) {
        lock.lock();
        try {
            while (running == queue) {
                // the model must not be freed while it runs, so an interrupt has to wait
                changed.awaitUninterruptibly();
            }
            queues.remove(queue);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing of a queue waits or runs, or the time is over. */
    void awaitEmpty(RequestQueue queue, Duration atMost) {
        long nanos = atMost.toNanos();
        lock.lock();
        try {
            while (nanos > 0 && (queue.waiting() > 0 || running == queue)) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread; its queues are removed before. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
