package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.smallrye.mutiny.Multi;

@Timeout(60)
class AnswerRequestsTest {

    @Test
    void whatWasMadeComesBeforeTheFailureThatEndedIt() {
        CountDownLatch failed = new CountDownLatch(1);
        Multi<Integer> parts = Multi.createBy().concatenating().streams(Multi.createFrom().items(1, 2, 3),
                Multi.createFrom().failure(new IllegalStateException("the end"))).onFailure().invoke(failed::countDown);
        List<String> told = AnswerRequests.onWorkers(parts).invoke(part -> await(failed)).map(String::valueOf)
                .onFailure().recoverWithItem(Throwable::getMessage).collect().asList().await().atMost(Duration.ofSeconds(30));
        assertThat(told).containsExactly("1", "2", "3", "the end");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoeverCancelsDoesNotFree() throws Exception {
        CompletableFuture<Thread> freeing = new CompletableFuture<>();
        AnswerRequests.onWorkers(Multi.createFrom().nothing().onCancellation()
                .invoke(() -> freeing.complete(Thread.currentThread()))).subscribe().with(part -> {
                }).cancel();
        assertThat(freeing.get()).isNotSameAs(Thread.currentThread());
    }
}
