package io.instructseg.it.rest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What became of requests.
 *
 * @param requests in the order in which they came
 */
record OfferedLoad(List<Request> requests) {

    /** None takes that long, not on the slowest machine: it hangs. */
    private static final Duration HANGS = Duration.ofMinutes(3);

    /** @param answered or refused; times are {@link System#nanoTime()} */
    record Request(boolean answered, long start, long end) {
    }

    /** Each when the one before is answered. */
    static OfferedLoad oneByOne(int requests, Supplier<CompletableFuture<Boolean>> client) {
        return new OfferedLoad(Stream.generate(() -> send(client)).limit(requests).map(OfferedLoad::await).toList());
    }

    /**
     * At a fixed rate, whatever becomes of those before (an open loop).
     *
     * @param clients take turns
     */
    static OfferedLoad atRate(double perSecond, Duration duration, List<Supplier<CompletableFuture<Boolean>>> clients) {
        List<CompletableFuture<Request>> sent = new ArrayList<>();
        double every = 1e9 / perSecond;
        long begin = System.nanoTime();
        for (int i = 0; i * every < duration.toNanos(); i++) {
            awaitTime(begin + (long) (i * every));
            sent.add(send(clients.get(i % clients.size())));
        }
        return new OfferedLoad(sent.stream().map(OfferedLoad::await).toList());
    }

    private static CompletableFuture<Request> send(Supplier<CompletableFuture<Boolean>> client) {
        long start = System.nanoTime();
        return client.get().thenApply(answered -> new Request(answered, start, System.nanoTime()));
    }

    private static Request await(CompletableFuture<Request> request) {
        return request.orTimeout(HANGS.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Who is late doesn't wait, and so catches up. */
    private static void awaitTime(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    int answered() {
        return (int) requests.stream().filter(Request::answered).count();
    }

    int refused() {
        return requests.size() - answered();
    }

    /** From the first request to the last answer. */
    double answeredPerSecond() {
        long[] ends = answers();
        return ends.length * 1e9 / (ends[ends.length - 1] - requests.get(0).start);
    }

    /** The most answers, its own among them, that came between the beginning and the end of one of the answered requests. */
    int mostAnswersDuringAnswered() {
        return mostAnswersDuring(Request::answered);
    }

    /** The same of the refused ones. */
    int mostAnswersDuringRefused() {
        return mostAnswersDuring(request -> !request.answered);
    }

    private int mostAnswersDuring(Predicate<Request> which) {
        long[] ends = answers();
        return requests.stream().filter(which).mapToInt(request -> until(ends, request.end) - until(ends, request.start))
                .max().orElse(0);
    }

    /** When answers came, sorted. */
    private long[] answers() {
        return requests.stream().filter(Request::answered).mapToLong(Request::end).sorted().toArray();
    }

    private static int until(long[] sorted, long time) {
        int after = Arrays.binarySearch(sorted, time + 1);
        return after < 0 ? -after - 1 : after;
    }

    /** How many milliseconds this share of the answered requests took at most. */
    double answeredMillis(double share) {
        return millis(Request::answered, share);
    }

    /** The same of the refused ones. */
    double refusedMillis(double share) {
        return millis(request -> !request.answered, share);
    }

    private double millis(Predicate<Request> which, double share) {
        long[] sorted = requests.stream().filter(which).mapToLong(request -> request.end - request.start).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1] / 1e6;
    }
}
