package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The thread of a device, or of several that some model needs together: one request after the other, each with all that the
 * device has. Each model on it has a queue of its own, and the queues take turns, so that a busy model can't starve another.
 */
final class DeviceExecutor implements AutoCloseable {

    private final QueueLock lock;
    private final List<Lane<?>> lanes = new ArrayList<>();
    private int turn;
    private boolean closed;
    private Lane<?> running;
    private long runningSince;

    DeviceExecutor(String devices, QueueLock lock) {
        this.lock = lock;
        new Thread(this::run, "instructseg-" + devices).start();
    }

    /** From now on a queue is served. Called with the lock held. */
    void add(Lane<?> lane) {
        lanes.add(lane);
        lock.changed();
    }

    private void run() {
        for (Runnable work = take(); work != null; work = take()) {
            work.run();
            lock.run(() -> {
                running = null;
                lock.changed();
            });
        }
    }

    /** What is next, waiting for it; null at the end. */
    private Runnable take() {
        return lock.get(() -> {
            Runnable next = next();
            while (next == null && !closed) {
                lock.await();
                next = next();
            }
            return next;
        });
    }

    private Runnable next() {
        for (int i = 0; i < lanes.size(); i++) {
            turn = (turn + 1) % lanes.size();
            Runnable work = lanes.get(turn).poll();
            if (work != null) {
                running = lanes.get(turn);
                runningSince = System.nanoTime();
                return work;
            }
        }
        return null;
    }

    /** Called with the lock held. */
    boolean runs(Lane<?> lane) {
        return running == lane;
    }

    /** Called with the lock held. */
    boolean isIdle() {
        return running == null;
    }

    /** How long what runs has been running; zero if nothing does. */
    Duration runningFor() {
        return lock.get(() -> running == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - runningSince));
    }

    /** How long it takes until each queue had a turn, as far as one can tell. Called with the lock held. */
    double roundNanos() {
        return lanes.stream().filter(lane -> lane.queue().waiting() > 0).mapToDouble(lane -> lane.queue().averageNanos()).sum();
    }

    /** Takes a queue away once nothing of it runs here any more, waiting for that: its model must not be freed meanwhile. */
    void remove(Lane<?> lane) {
        lock.run(() -> {
            while (running == lane) {
                lock.await();
            }
            lanes.remove(lane);
        });
    }

    /** Ends the thread; its queues are removed before. */
    @Override
    public void close() {
        lock.run(() -> {
            closed = true;
            lock.changed();
        });
    }
}
