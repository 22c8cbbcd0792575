package io.instructseg.quarkus.runtime;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.instructseg.engine.CancellationToken;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.QueueFullException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.UniEmitter;

/**
 * The thread that the model runs on, and the bounded queue before it: one request after the other, each with all cores. What
 * nobody waits for any more leaves the queue, or stops between two stages.
 */
final class ModelWorker implements AutoCloseable {

    private final int queueSize;
    private final ThreadPoolExecutor executor;
    private volatile boolean closed;

    ModelWorker(int queueSize) {
        this.queueSize = queueSize;
        this.executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(queueSize),
                work -> new Thread(work, "instructseg-model"));
    }

    /** Runs something before all requests; closing cancels it. */
    void runFirst(Consumer<CancellationToken> work) {
        executor.execute(() -> work.accept(() -> closed));
    }

    /** Work that starts in its turn once somebody subscribes; its result arrives on a worker thread of Quarkus. */
    <T> Uni<T> submit(Work<T> work) {
        return Uni.createFrom().<T> emitter(emitter -> enqueue(new Job<>(work, emitter)))
                .emitOn(Infrastructure.getDefaultWorkerPool());
    }

    private void enqueue(Job<?> job) {
        job.emitter.onTermination(() -> {
            job.cancelled = true;
            executor.remove(job);
        });
        try {
            executor.execute(job);
        } catch (RejectedExecutionException e) {
            job.emitter.fail(closed ? shuttingDown() : new QueueFullException(queueSize));
        }
    }

    private static ModelUnavailableException shuttingDown() {
        return new ModelUnavailableException("the application is shutting down");
    }

    /** Refuses what waits, stops what runs before its next stage, and waits for that. */
    @Override
    public void close() {
        closed = true;
        executor.shutdown();
        executor.getQueue().removeIf(waiting -> {
            ((Job<?>) waiting).emitter.fail(shuttingDown());
            return true;
        });
        boolean interrupted = false;
        while (!executor.isTerminated()) {
            try {
                executor.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                // the model must not be freed while it runs
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What runs on the thread. */
    @FunctionalInterface
    interface Work<T> {

        T run(CancellationToken cancellation) throws Exception;
    }

    private final class Job<T> implements Runnable {

        private final Work<T> work;
        private final UniEmitter<? super T> emitter;
        private volatile boolean cancelled;

        Job(Work<T> work, UniEmitter<? super T> emitter) {
            this.work = work;
            this.emitter = emitter;
        }

        @Override
        public void run() {
            if (cancelled) {
                return;
            }
            try {
                emitter.complete(work.run(() -> cancelled || closed));
            } catch (Throwable e) {
                // an Error, too, has to reach whoever waits
                emitter.fail(closed ? shuttingDown() : e);
            }
        }
    }
}
