package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.instructseg.engine.StageRun;

/** What the listeners will be told about a request. */
final class RequestObservation {

    private final List<Consumer<RequestReport>> listeners;
    private final Instant submitted = Instant.now();
    private final long start = System.nanoTime();
    /** A request that nobody waits for any more may still be in a stage. */
    private final List<StageRun> stages = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Optional<Duration> waited = Optional.empty();
    private volatile Optional<RequestReport.Text> text = Optional.empty();

    RequestObservation(List<Consumer<RequestReport>> listeners) {
        this.listeners = listeners;
    }

    /** A device takes it. */
    void started() {
        waited = Optional.of(sinceStart());
    }

    void ran(StageRun stage) {
        stages.add(stage);
    }

    /** Of an answer in words, so far. */
    void made(int promptTokens, int tokens) {
        Duration first = text.map(RequestReport.Text::first).orElseGet(this::sinceStart);
        text = Optional.of(new RequestReport.Text(promptTokens, tokens, first));
    }

    void answered() {
        ended(Outcome.ANSWERED, Optional.empty());
    }

    void failed(Throwable failure) {
        ended(Outcome.of(failure), Optional.of(failure));
    }

    void cancelled() {
        ended(Outcome.CANCELLED, Optional.empty());
    }

    private void ended(Outcome outcome, Optional<Throwable> failure) {
        // somebody may leave while a failure is on its way
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        RequestReport report = new RequestReport(outcome, failure, submitted, waited, sinceStart(), List.copyOf(stages), text);
        listeners.forEach(listener -> listener.accept(report));
    }

    Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
