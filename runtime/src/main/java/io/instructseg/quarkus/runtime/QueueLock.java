package io.instructseg.quarkus.runtime;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Guards the queues of all models and the devices that serve them: a queue may have several devices, a device several queues.
 */
final class QueueLock {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    <T> T get(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    void run(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes all who wait. Called with the lock held. */
    void changed() {
        changed.signalAll();
    }

    /** Waits for a change, whatever interrupts. Called with the lock held. */
    void await() {
        changed.awaitUninterruptibly();
    }

    /** Waits for a change. Called with the lock held. @return what is left of the time */
    long await(long nanos) throws InterruptedException {
        return changed.awaitNanos(nanos);
    }
}
