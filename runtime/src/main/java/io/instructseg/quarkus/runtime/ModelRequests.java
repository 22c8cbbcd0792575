package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.instructseg.engine.SegmentationModel;
import io.instructseg.quarkus.DeadlineExceededException;
import io.instructseg.quarkus.ModelUnavailableException;
import io.instructseg.quarkus.runtime.RequestListener.Subject;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** What requests of a model have in common, whatever they are about. */
final class ModelRequests {

    private final ModelPlan plan;
    private final RequestQueue<SegmentationModel> queue;
    private final List<RequestListener> listeners;
    /** Closes work in steps that nobody has ended yet. */
    private final Set<Runnable> open = ConcurrentHashMap.newKeySet();

    ModelRequests(ModelPlan plan, RequestQueue<SegmentationModel> queue, List<RequestListener> listeners) {
        this.plan = plan;
        this.queue = queue;
        this.listeners = listeners;
    }

    RequestQueue<SegmentationModel> queue() {
        return queue;
    }

    Settings settings() {
        return plan.settings();
    }

    /** Where the model comes from. */
    ModelLocation location() {
        return plan.location();
    }

    /** The full name of one of the model's properties. */
    String property(String name) {
        return ModelNames.property(plan.name(), name);
    }

    /** A request has come. @return whom to tell when it, or a frame of it, ends */
    List<Consumer<RequestReport>> submitted(Subject subject) {
        return listeners.stream().map(listener -> listener.submitted(plan.name(), subject)).toList();
    }

    <T> Uni<T> inTime(Uni<T> answer) {
        return inTime(answer, Duration.ZERO);
    }

    /** @param passed how much of the request's time is over */
    <T> Uni<T> inTime(Uni<T> answer, Duration passed) {
        return settings().deadline().map(deadline -> {
            Duration left = deadline.minus(passed);
            return answer.ifNoItem().after(left.compareTo(Duration.ZERO) > 0 ? left : Duration.ofNanos(1))
                    .failWith(() -> new DeadlineExceededException(deadline, property("deadline")));
        }).orElse(answer);
    }

    /**
     * Closes work in steps when its items end, nobody wants them any more, or the application ends.
     *
     * @param close at any time, from any thread
     */
    <T> Multi<T> keep(Runnable close, Multi<T> items) {
        open.add(close);
        // one that somebody else cancelled: the end of the application
        return items.onFailure(CancellationException.class).transform(ended -> shuttingDown())
                .onTermination().invoke(() -> end(close));
    }

    private void end(Runnable close) {
        if (open.remove(close)) {
            close.run();
        }
    }

    /** Ends all work in steps. */
    void close() {
        open.forEach(this::end);
    }

    static ModelUnavailableException shuttingDown() {
        return new ModelUnavailableException("the application is shutting down");
    }
}
