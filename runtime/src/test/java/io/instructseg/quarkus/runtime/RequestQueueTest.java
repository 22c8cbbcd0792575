package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.QueueFullException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;

@Timeout(60)
class RequestQueueTest {

    private static final Supplier<RuntimeException> END = () -> new ModelUnavailableException("the end");

    private final QueueLock lock = new QueueLock();
    private final DeviceExecutor device = new DeviceExecutor("test", lock);
    private final RequestQueue<String> queue = new RequestQueue<>(2, lock);
    private final RequestQueue<String> other = new RequestQueue<>(8, lock);
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void open() {
        queue.serve(device, "device", () -> order.add("first"));
        other.serve(device, "device", () -> {
        });
    }

    @AfterEach
    void end() {
        release.countDown();
        queue.close(END, Duration.ZERO);
        other.close(END, Duration.ZERO);
        device.close();
    }

    @Test
    void whatOpensItRunsBeforeWhatWaits() throws Exception {
        RequestQueue<String> late = new RequestQueue<>(2, lock);
        CompletableFuture<Boolean> waiting = late.submit((resource, token) -> order.add("waiting"))
                .subscribeAsCompletionStage();
        assertThat(queue.submit((resource, token) -> true).await().indefinitely()).isTrue();
        assertThat(waiting).isNotDone();
        late.serve(device, "device", () -> order.add("warm"));
        waiting.get();
        assertThat(order).containsExactly("first", "warm", "waiting");
        late.close(END, Duration.ZERO);
    }

    @Test
    void refusesWhatItCannotHold() throws Exception {
        CompletableFuture<Boolean> first = blocked().subscribeAsCompletionStage();
        running.await();
        Cancellable second = queue.submit((resource, token) -> true).subscribe().with(done -> {
        });
        CompletableFuture<Boolean> third = queue.submit((resource, token) -> true).subscribeAsCompletionStage();
        assertThat(queue.waiting()).isEqualTo(2);
        assertThatThrownBy(() -> await(queue.submit((resource, token) -> true))).isInstanceOf(QueueFullException.class)
                .hasMessageContaining("2 requests wait already");
        second.cancel();
        CompletableFuture<Boolean> instead = queue.submit((resource, token) -> true).subscribeAsCompletionStage();
        release.countDown();
        assertThat(List.of(first.get(), third.get(), instead.get())).containsOnly(true);
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void aBurstIsNotRefusedWhatAnIdleDeviceIsAboutToTake() throws Exception {
        await(queue.submit((resource, token) -> true));
        await(other.submit((resource, token) -> true));
        while (!lock.get(device::isIdle)) {
            Thread.onSpinWait();
        }
        // with the lock held the device can't take any
        List<CompletableFuture<Boolean>> burst = lock.get(() -> Stream
                .generate(() -> queue.submit((resource, token) -> true).subscribeAsCompletionStage()).limit(4).toList());
        assertThatThrownBy(() -> burst.get(3).get()).hasCauseInstanceOf(QueueFullException.class);
        for (CompletableFuture<Boolean> taken : burst.subList(0, 3)) {
            assertThat(taken.get()).isTrue();
        }
    }

    @Test
    void queuesTakeTurns() throws Exception {
        blocked().subscribe().with(done -> {
        });
        running.await();
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(other.submit((resource, token) -> order.add("other")).subscribeAsCompletionStage());
        }
        for (int i = 0; i < 2; i++) {
            all.add(queue.submit((resource, token) -> order.add("queue")).subscribeAsCompletionStage());
        }
        release.countDown();
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        assertThat(order.subList(1, 5)).containsExactlyInAnyOrder("other", "queue", "other", "queue");
        assertThat(order.subList(5, 9)).containsOnly("other");
    }

    @Test
    void tellsRunningWorkThatNobodyWaits() throws Exception {
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Cancellable work = queue.submit((resource, token) -> {
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
        assertThatThrownBy(() -> await(queue.submit((resource, token) -> {
            throw new OutOfMemoryError("as if");
        }))).hasRootCauseInstanceOf(OutOfMemoryError.class);
        Uni<String> next = queue.submit((resource, token) -> "still here");
        assertThat(await(next)).isEqualTo("still here");
    }

    @Test
    void aFailureFailsWhatWaitsAndWhatComes() throws Exception {
        blocked().subscribe().with(done -> {
        });
        running.await();
        CompletableFuture<Boolean> waiting = queue.submit((resource, token) -> true).subscribeAsCompletionStage();
        queue.fail(END);
        assertThatThrownBy(waiting::get).hasCauseInstanceOf(ModelUnavailableException.class);
        assertThatThrownBy(() -> await(queue.submit((resource, token) -> true))).isInstanceOf(ModelUnavailableException.class);
    }

    @Test
    void closingWithoutGraceFailsWhatWaitsAndWaitsForWhatRuns() throws Exception {
        CompletableFuture<Boolean> first = queue.submit((resource, token) -> {
            running.countDown();
            release.await();
            token.throwIfCancelled();
            return true;
        }).subscribeAsCompletionStage();
        CompletableFuture<Boolean> waiting = queue.submit((resource, token) -> true).subscribeAsCompletionStage();
        running.await();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> queue.close(END, Duration.ZERO));
        assertThatThrownBy(waiting::get).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ModelUnavailableException.class);
        assertThat(closing).isNotDone();
        release.countDown();
        closing.get();
        assertThatThrownBy(first::get).hasCauseInstanceOf(ModelUnavailableException.class);
    }

    @Test
    void closingWithGraceLetsWhatIsThereGoOn() throws Exception {
        CompletableFuture<Boolean> first = blocked().subscribeAsCompletionStage();
        running.await();
        CompletableFuture<Boolean> waiting = queue.submit((resource, token) -> true).subscribeAsCompletionStage();
        CompletableFuture<Boolean> last = queue.submit((resource, token) -> true).subscribeAsCompletionStage();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> queue.close(END, Duration.ofSeconds(50)));
        // full, until it takes nothing any more
        while (queue.submit((resource, token) -> true).onFailure(QueueFullException.class).recoverWithItem(true).onFailure()
                .recoverWithItem(false).await().atMost(Duration.ofSeconds(30))) {
            Thread.onSpinWait();
        }
        release.countDown();
        closing.get();
        assertThat(first.get()).isTrue();
        assertThat(waiting.get()).isTrue();
        assertThat(last.get()).isTrue();
    }

    @Test
    void severalDevicesServeAQueue() throws Exception {
        try (DeviceExecutor second = new DeviceExecutor("second", lock)) {
            queue.serve(second, "second", () -> order.add("second"));
            CountDownLatch both = new CountDownLatch(2);
            RequestQueue.Work<String, String> meet = (resource, token) -> {
                both.countDown();
                both.await();
                return resource;
            };
            CompletableFuture<String> one = queue.submit(meet).subscribeAsCompletionStage();
            CompletableFuture<String> another = queue.submit(meet).subscribeAsCompletionStage();
            assertThat(List.of(one.get(), another.get())).containsExactlyInAnyOrder("device", "second");
            queue.close(END, Duration.ZERO);
        }
    }

    @Test
    void aHangingDeviceLeavesTheQueueToTheOther() throws Exception {
        try (DeviceExecutor second = new DeviceExecutor("second", lock)) {
            queue.serve(second, "second", () -> {
            });
            CompletableFuture<Boolean> hanging = blocked().subscribeAsCompletionStage();
            running.await();
            for (int i = 0; i < 5; i++) {
                await(queue.submit((resource, token) -> true));
            }
            assertThat(hanging).isNotDone();
            release.countDown();
            assertThat(hanging.get()).isTrue();
            queue.close(END, Duration.ZERO);
        }
    }

    @Test
    void tellsWhenToComeAgainByWhatRequestsTook() throws Exception {
        queue.submit((resource, token) -> {
            Thread.sleep(200);
            return true;
        }).await().indefinitely();
        CompletableFuture<Boolean> first = blocked().subscribeAsCompletionStage();
        running.await();
        List<CompletableFuture<Boolean>> waiting = List.of(
                queue.submit((resource, token) -> true).subscribeAsCompletionStage(),
                queue.submit((resource, token) -> true).subscribeAsCompletionStage());
        assertThatThrownBy(() -> await(queue.submit((resource, token) -> true))).isInstanceOfSatisfying(
                QueueFullException.class, full -> assertThat(full.retryAfter()).isGreaterThanOrEqualTo(Duration.ofMillis(199)));
        release.countDown();
        assertThat(first.get()).isTrue();
        assertThat(waiting).allSatisfy(done -> assertThat(done.get()).isTrue());
    }

    @Test
    void workInStepsWaitsForAPlaceAndKeepsItBetweenItsSteps() throws Exception {
        Places places = new Places(1);
        Guest<String> first = new Guest<>(places, true);
        Guest<String> second = new Guest<>(places, true);
        await(queue.submit(first, (resource, token) -> order.add("first, one")));
        CompletableFuture<Boolean> waiting = queue.submit(second, (resource, token) -> order.add("second, one"))
                .subscribeAsCompletionStage();
        await(queue.submit((resource, token) -> order.add("a request")));
        await(queue.submit(first, (resource, token) -> order.add("first, two")));
        assertThat(waiting).isNotDone();
        queue.leave(first);
        waiting.get();
        assertThat(order).containsExactly("first", "first, one", "a request", "first, two", "second, one");
        queue.leave(second);
        queue.leave(second);
        assertThat(queue.enter(places)).isPresent();
    }

    @Test
    void stepsHaveAsMuchTimeAsWhatRanBeforeThem() throws Exception {
        Guest<String> guest = new Guest<>(new Places(1), true);
        await(other.submit(guest, (resource, token) -> order.add("one")));
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        AtomicLong took = new AtomicLong();
        all.add(other.submit((resource, token) -> {
            long start = System.nanoTime();
            running.countDown();
            release.await();
            took.set(System.nanoTime() - start);
            return true;
        }).subscribeAsCompletionStage());
        running.await();
        all.add(other.submit((resource, token) -> order.add("a request")).subscribeAsCompletionStage());
        all.add(other.submit(guest, (resource, token) -> {
            Thread.sleep(2 * took.get() / 1_000_000 + 50);
            return order.add("two");
        }).subscribeAsCompletionStage());
        all.add(other.submit(guest, (resource, token) -> order.add("three")).subscribeAsCompletionStage());
        Thread.sleep(100);
        release.countDown();
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        assertThat(order).containsSubsequence("one", "two", "a request", "three");
        other.leave(guest);
    }

    @Test
    void nothingOfWhoLeftWaits() {
        Guest<String> guest = new Guest<>(new Places(1), true);
        await(other.submit(guest, (resource, token) -> order.add("one")));
        other.leave(guest);
        other.submit(guest, (resource, token) -> order.add("two")).subscribeAsCompletionStage();
        other.close(END, Duration.ofSeconds(60));
        assertThat(order).contains("one").doesNotContain("two");
    }

    @Test
    void stepsStayOnOneDeviceAndAreNeverRefused() throws Exception {
        try (DeviceExecutor device2 = new DeviceExecutor("second", lock)) {
            queue.serve(device2, "second", () -> {
            });
            Places places = new Places(2);
            Guest<String> one = queue.enter(places).orElseThrow();
            Guest<String> another = queue.enter(places).orElseThrow();
            assertThat(queue.enter(places)).isEmpty();
            assertThat(List.of(one.lane().resource(), another.lane().resource())).containsExactlyInAnyOrder("device", "second");
            List<CompletableFuture<String>> steps = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                steps.add(queue.submit(one, (resource, token) -> resource).subscribeAsCompletionStage());
            }
            for (CompletableFuture<String> step : steps) {
                assertThat(step.get()).isEqualTo(one.lane().resource());
            }
            queue.close(END, Duration.ZERO);
        }
    }

    @Test
    void aFirstStepIsRefusedLikeARequestAndWhoLeftNeverEnters() throws Exception {
        CompletableFuture<Boolean> running = blocked().subscribeAsCompletionStage();
        this.running.await();
        Places places = new Places(1);
        List<Guest<String>> gone = List.of(new Guest<>(places, true), new Guest<>(places, true));
        List<CompletableFuture<Boolean>> never = gone.stream()
                .map(guest -> queue.submit(guest, (resource, token) -> true).subscribeAsCompletionStage()).toList();
        assertThatThrownBy(() -> await(queue.submit(new Guest<>(places, true), (resource, token) -> true)))
                .isInstanceOf(QueueFullException.class);
        gone.forEach(queue::leave);
        release.countDown();
        Uni<Boolean> request = queue.submit((resource, token) -> true);
        assertThat(running.get() && await(request)).isTrue();
        assertThat(never).allSatisfy(step -> assertThat(step).isNotDone());
        assertThat(queue.enter(places)).isPresent();
    }

    @Test
    void whatWaitsForAPlaceAndWhatNeedsNoneLeaveEachOtherRoom() throws Exception {
        Places places = new Places(1);
        Guest<String> first = new Guest<>(places, true);
        await(queue.submit(first, (resource, token) -> true));
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        all.add(begin(places));
        all.add(begin(places));
        // an idle device would not take it
        assertThatThrownBy(() -> await(queue.submit(new Guest<>(places, true), (resource, token) -> true)))
                .isInstanceOf(QueueFullException.class);
        Uni<Boolean> request = queue.submit((resource, token) -> true);
        assertThat(await(request)).isTrue();
        queue.leave(first);
        for (CompletableFuture<Boolean> begun : all) {
            assertThat(begun.get()).isTrue();
        }
        all.add(blocked().subscribeAsCompletionStage());
        running.await();
        all.add(queue.submit((resource, token) -> true).subscribeAsCompletionStage());
        all.add(queue.submit((resource, token) -> true).subscribeAsCompletionStage());
        assertThatThrownBy(() -> await(queue.submit((resource, token) -> true))).isInstanceOf(QueueFullException.class);
        all.add(begin(places));
        all.add(begin(places));
        assertThat(queue.waiting()).isEqualTo(4);
        release.countDown();
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
    }

    /** What takes a place, and gives it back after its first step. */
    private CompletableFuture<Boolean> begin(Places places) {
        Guest<String> guest = new Guest<>(places, true);
        return queue.submit(guest, (resource, token) -> true).invoke(() -> queue.leave(guest)).subscribeAsCompletionStage();
    }

    @Test
    void tellsWhenToComeAgainByHowLongPlacesWereTaken() throws Exception {
        Places places = new Places(1);
        Guest<String> first = new Guest<>(places, true);
        await(queue.submit(first, (resource, token) -> true));
        Thread.sleep(200);
        queue.leave(first);
        Guest<String> second = new Guest<>(places, true);
        await(queue.submit(second, (resource, token) -> true));
        List<CompletableFuture<Boolean>> waiting = List.of(begin(places), begin(places));
        assertThatThrownBy(() -> await(queue.submit(new Guest<>(places, true), (resource, token) -> true)))
                .isInstanceOfSatisfying(QueueFullException.class,
                        full -> assertThat(full.retryAfter()).isGreaterThanOrEqualTo(Duration.ofMillis(199)));
        queue.leave(second);
        assertThat(waiting).allSatisfy(begun -> assertThat(begun.get()).isTrue());
    }

    @Test
    void closingWithGraceLetsRequestsInStepsGoOnToTheirEnd() throws Exception {
        Guest<String> guest = new Guest<>(new Places(1), true);
        Guest<String> endless = queue.enter(new Places(1)).orElseThrow();
        await(queue.submit(guest, (resource, token) -> true));
        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> queue.close(END, Duration.ofSeconds(50)));
        while (queue.submit((resource, token) -> true).onFailure().recoverWithItem(false).await()
                .atMost(Duration.ofSeconds(30))) {
            Thread.onSpinWait();
        }
        String step = await(queue.submit(guest, (resource, token) -> "goes on"));
        assertThat(step).isEqualTo("goes on");
        assertThatThrownBy(() -> await(queue.submit(endless, (resource, token) -> true)))
                .isInstanceOf(ModelUnavailableException.class);
        assertThat(closing).isNotDone();
        queue.leave(guest);
        closing.get();
    }

    private Uni<Boolean> blocked() {
        return queue.submit((resource, token) -> {
            running.countDown();
            release.await();
            return true;
        });
    }

    private static <T> T await(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }
}
