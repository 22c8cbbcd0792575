package io.instructseg.conversion;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads that have ended when this is closed: nobody writes any more. */
final class Workers implements AutoCloseable {

    private final ExecutorService executor;

    Workers(int threads) {
        executor = Executors.newFixedThreadPool(threads);
    }

    ExecutorService executor() {
        return executor;
    }

    /** The result, or what failed. */
    static <T> T get(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConversionException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Ends what still runs: it is interrupted, which closes the files that it reads or writes. */
    @Override
    public void close() {
        executor.shutdownNow();
        boolean interrupted = false;
        for (boolean ended = false; !ended;) {
            try {
                ended = executor.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
