package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.instructseg.engine.CancellationToken;
import io.instructseg.quarkus.QueueFullException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.UniEmitter;

/**
 * What waits for a model, on whichever of its devices is free first. What nobody waits for any more leaves the queue, or stops
 * between two stages.
 *
 * @param <R> what work is done with: the model on a device
 */
final class RequestQueue<R> {

    private final QueueLock lock;
    private final int capacity;
    private final Deque<Job<?>> jobs = new ArrayDeque<>();
    private final List<Lane<R>> lanes = new ArrayList<>();
    private final RecentAverage nanos = new RecentAverage();
    /** Why nothing is taken any more; null while it is. */
    private Supplier<? extends RuntimeException> refusal;
    private volatile boolean stopped;

    RequestQueue(int capacity, QueueLock lock) {
        this.lock = lock;
        this.capacity = capacity;
    }

    /** Lets a device work, with a resource of its own: on this first, then on what waits. */
    void serve(DeviceExecutor device, R resource, Runnable first) {
        Lane<R> lane = new Lane<>(this, device, resource, first);
        lock.run(() -> {
            lanes.add(lane);
            device.add(lane);
        });
    }

    /** Takes nothing any more, fails what waits, and stops what runs before its next stage. */
    void fail(Supplier<? extends RuntimeException> reason) {
        List<Job<?>> waiting = new ArrayList<>();
        lock.run(() -> {
            refusal = reason;
            stopped = true;
            waiting.addAll(jobs);
            jobs.clear();
            lock.changed();
        });
        waiting.forEach(job -> job.emitter.fail(reason.get()));
    }

    /** Work that starts in its turn once somebody subscribes; its result arrives on a worker thread of Quarkus. */
    <T> Uni<T> submit(Work<R, T> work) {
        return submit(null, work);
    }

    /**
     * A step of work in steps. The first one waits for a place, too, and decides on the device; the further ones wait among
     * all, but are never refused for want of room: how much is in steps is bounded otherwise. Those of requests, which are
     * short, go first for as long as what ran before them took.
     */
    <T> Uni<T> submit(Guest<R> guest, Work<R, T> work) {
        return step(guest, work).emitOn(Infrastructure.getDefaultWorkerPool());
    }

    /** The same, whose result arrives on the device's thread: who submits the next step there loses no turn. */
    <T> Uni<T> step(Guest<R> guest, Work<R, T> work) {
        return Uni.createFrom().emitter(emitter -> enqueue(new Job<>(guest, work, emitter)));
    }

    /**
     * A place for work in steps that can't wait for one, on the device that has the least of such work.
     *
     * @return nothing if there is no place
     */
    Optional<Guest<R>> enter(Places places) {
        return lock.get(() -> {
            if (!places.areFree()) {
                return Optional.empty();
            }
            Guest<R> guest = new Guest<>(places, false);
            Optional<Lane<R>> least = lanes.stream().min(Comparator.comparingInt(lane -> lane.guests().size()));
            least.ifPresent(guest::enter);
            return least.map(lane -> guest);
        });
    }

    /** Work in steps has ended, or never began: its place is free. */
    void leave(Guest<R> guest) {
        lock.run(() -> {
            guest.leave();
            lock.changed();
        });
    }

    private void enqueue(Job<?> job) {
        job.emitter.onTermination(() -> cancel(job));
        RuntimeException refused = lock.get(() -> offer(job));
        if (refused != null) {
            job.emitter.fail(refused);
        }
    }

    private RuntimeException offer(Job<?> job) {
        job.begun = job.guest != null && job.guest.lane() != null;
        if (refusal != null && (stopped || !job.goesOn())) {
            return refusal.get();
        }
        if (job.cancelled || job.guest != null && job.guest.hasLeft()) {
            // nobody waits for it any more, and nobody would ever take it
            return null;
        }
        if (!job.begun && waitingLike(job) >= capacity + idleDevices(job)) {
            return new QueueFullException(capacity, untilRoomFor(job));
        }
        jobs.add(job);
        lock.changed();
        return null;
    }

    /** Those that need a place have room of their own: they may wait where the others could run. */
    private long waitingLike(Job<?> job) {
        return jobs.stream().filter(other -> !other.begun && (other.guest == null) == (job.guest == null)).count();
    }

    /** They take what comes, though not at once: their threads have to wake up first. */
    private long idleDevices(Job<?> job) {
        return lanes.stream().filter(lane -> lane.device().isIdle() && job.mayRun(lane)).count();
    }

    /** As far as one can tell: when the first of the devices has gone round, and there is a place if it needs one. */
    private Duration untilRoomFor(Job<?> job) {
        double round = lanes.stream().mapToDouble(lane -> lane.device().roundNanos()).min().orElse(0);
        return Duration.ofNanos((long) Math.max(round, job.guest == null ? 0 : job.guest.nanosUntilPlace()));
    }

    private void cancel(Job<?> job) {
        lock.run(() -> {
            job.cancelled = true;
            if (jobs.remove(job)) {
                lock.changed();
            }
        });
    }

    /** What runs next on a device; null if nothing does. Called with the lock held. */
    Job<?> poll(Lane<R> lane) {
        Job<?> next = lane.owesSteps() ? poll(lane, Job::goesOn) : null;
        return next == null ? poll(lane, job -> true) : next;
    }

    private Job<?> poll(Lane<R> lane, Predicate<Job<?>> wanted) {
        for (Iterator<Job<?>> waiting = jobs.iterator(); waiting.hasNext();) {
            Job<?> job = waiting.next();
            if (wanted.test(job) && job.mayRun(lane)) {
                waiting.remove();
                if (job.guest != null) {
                    job.guest.enter(lane);
                }
                return job;
            }
        }
        return null;
    }

    /** How many requests wait, those not counted that have begun. */
    int waiting() {
        return lock.get(() -> (int) jobs.stream().filter(job -> !job.begun).count());
    }

    /** How long each request that runs has been running; empty if none does. */
    List<Duration> running() {
        return lock.get(() -> lanes.stream().filter(lane -> lane.device().runs(lane))
                .map(lane -> lane.device().runningFor()).toList());
    }

    /** How many may wait: of those that need a place, and of the others. */
    int capacity() {
        return capacity;
    }

    /** How long a request takes, by the latest ones; 0 before the first. Called with the lock held. */
    double averageNanos() {
        return nanos.value();
    }

    private void ended(Lane<R> lane, Job<?> job, boolean answered, long took) {
        lock.run(() -> {
            lane.took(job.goesOn(), took);
            if (answered && !job.goesOn()) {
                nanos.add(took);
            }
        });
    }

    /** Ends the queue: takes no more, lets what is there go on for some time, fails the rest, and waits for what runs. */
    void close(Supplier<? extends RuntimeException> reason, Duration grace) {
        lock.run(() -> refusal = reason);
        awaitEmpty(grace);
        fail(reason);
        lanes.forEach(lane -> lane.device().remove(lane));
    }

    /** Waits until nothing waits or runs, or the time is over. */
    private void awaitEmpty(Duration atMost) {
        lock.run(() -> {
            long nanos = atMost.toNanos();
            try {
                while (nanos > 0 && (!jobs.isEmpty() || lanes.stream().anyMatch(RequestQueue::isBusy))) {
                    nanos = lock.await(nanos);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static boolean isBusy(Lane<?> lane) {
        return lane.device().runs(lane) || lane.guests().stream().anyMatch(Guest::isRequest);
    }

    /** What runs on a device. */
    @FunctionalInterface
    interface Work<R, T> {

        T run(R resource, CancellationToken cancellation) throws Exception;
    }

    /** A request. */
    final class Job<T> {

        /** Whose step it is; null if it is a request as a whole. */
        private final Guest<R> guest;
        private final Work<R, T> work;
        private final UniEmitter<? super T> emitter;
        /** Whether it is a further step. */
        private boolean begun;
        private volatile boolean cancelled;

        private Job(Guest<R> guest, Work<R, T> work, UniEmitter<? super T> emitter) {
            this.guest = guest;
            this.work = work;
            this.emitter = emitter;
        }

        /** Whether it is a further step of a request. */
        private boolean goesOn() {
            return begun && guest.isRequest();
        }

        /** Called with the lock held. */
        private boolean mayRun(Lane<R> lane) {
            return guest == null || guest.mayRun(lane);
        }

        void run(Lane<R> lane) {
            if (cancelled) {
                return;
            }
            long start = System.nanoTime();
            try {
                T result = work.run(lane.resource(), () -> cancelled || stopped);
                ended(lane, this, true, System.nanoTime() - start);
                emitter.complete(result);
            } catch (Throwable e) {
                ended(lane, this, false, System.nanoTime() - start);
                // an Error, too, has to reach whoever waits
                emitter.fail(stopped ? refusal.get() : e);
            }
        }
    }
}
