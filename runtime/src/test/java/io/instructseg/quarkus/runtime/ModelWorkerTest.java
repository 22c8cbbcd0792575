package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.QueueFullException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;

@Timeout(60)
class ModelWorkerTest {

    private final ModelWorker worker = new ModelWorker(2);
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void end() {
        release.countDown();
        worker.close();
    }

    @Test
    void worksInTurn() throws Exception {
        List<String> order = new ArrayList<>();
        CompletableFuture<Boolean> first = blocked().subscribeAsCompletionStage();
        CompletableFuture<Boolean> second = worker.submit(token -> order.add("second")).subscribeAsCompletionStage();
        CompletableFuture<Boolean> third = worker.submit(token -> order.add("third")).subscribeAsCompletionStage();
        release.countDown();
        CompletableFuture.allOf(first, second, third).get(30, TimeUnit.SECONDS);
        assertThat(order).containsExactly("second", "third");
    }

    @Test
    void refusesWhatTheQueueCannotHold() throws Exception {
        CompletableFuture<Boolean> first = blocked().subscribeAsCompletionStage();
        running.await();
        Cancellable second = worker.submit(token -> true).subscribe().with(done -> {
        });
        CompletableFuture<Boolean> third = worker.submit(token -> true).subscribeAsCompletionStage();
        assertThatThrownBy(() -> await(worker.submit(token -> true))).isInstanceOf(QueueFullException.class)
                .hasMessageContaining("2 requests wait already");
        second.cancel();
        CompletableFuture<Boolean> instead = worker.submit(token -> true).subscribeAsCompletionStage();
        release.countDown();
        assertThat(List.of(first.get(), third.get(), instead.get())).containsOnly(true);
    }

    @Test
    void tellsRunningWorkThatNobodyWaits() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Cancellable work = worker.submit(token -> {
            running.countDown();
            release.await();
            try {
                token.throwIfCancelled();
                end.complete(null);
            } catch (CancellationException e) {
                end.complete(e);
            }
            return true;
        }).subscribe().with(done -> {
        });
        running.await();
        work.cancel();
        release.countDown();
        assertThat(end.get()).isInstanceOf(CancellationException.class);
    }

    @Test
    void anErrorReachesWhoeverWaitsAndTheThreadGoesOn() {
        assertThatThrownBy(() -> await(worker.submit(token -> {
            throw new OutOfMemoryError("as if");
        }))).hasRootCauseInstanceOf(OutOfMemoryError.class);
        Uni<String> next = worker.submit(token -> "still here");
        assertThat(await(next)).isEqualTo("still here");
    }

    @Test
    void closingRefusesWhatWaitsAndWaitsForWhatRuns() throws Exception {
        CompletableFuture<Boolean> first = worker.submit(token -> {
            running.countDown();
            release.await();
            token.throwIfCancelled();
            return true;
        }).subscribeAsCompletionStage();
        CompletableFuture<Boolean> waiting = worker.submit(token -> true).subscribeAsCompletionStage();
        running.await();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(worker::close);
        assertThatThrownBy(waiting::get).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ModelUnavailableException.class).hasMessageContaining("shutting down");
        assertThat(closing).isNotDone();
        release.countDown();
        closing.get();
        assertThatThrownBy(first::get).hasCauseInstanceOf(ModelUnavailableException.class);
        assertThatThrownBy(() -> await(worker.submit(token -> true))).isInstanceOf(ModelUnavailableException.class);
    }

    @Test
    void closingCancelsWhatRunsFirst() throws Exception {
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        worker.runFirst(token -> {
            running.countDown();
            while (!token.isCancelled()) {
                Thread.onSpinWait();
            }
            cancelled.complete(true);
        });
        running.await();
        worker.close();
        assertThat(cancelled).isCompletedWithValue(true);
    }

    private Uni<Boolean> blocked() {
        return worker.submit(token -> {
            running.countDown();
            release.await();
            return true;
        });
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }
}
