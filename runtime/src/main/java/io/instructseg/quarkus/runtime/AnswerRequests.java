package io.instructseg.quarkus.runtime;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

import io.instructseg.engine.GenerationOptions;
import io.instructseg.quarkus.AnswerPart;
import io.instructseg.quarkus.Question;
import io.instructseg.quarkus.runtime.RequestListener.Subject;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;

/** Requests for answers in words. */
final class AnswerRequests {

    /** Parts that are made before they are asked for: the device need not wait for whoever takes them. */
    private static final int AHEAD = 4;

    private final ModelRequests requests;
    private final Places places;

    AnswerRequests(ModelRequests requests) {
        this.requests = requests;
        this.places = new Places(requests.settings().answers().concurrency());
    }

    Multi<AnswerPart> answer(Question question) {
        Settings.Answers limits = requests.settings().answers();
        GenerationOptions options = question.options().orElseGet(limits::byDefault);
        if (options.maxTokens() > limits.maxTokens()) {
            return Multi.createFrom().failure(new IllegalArgumentException("options.maxTokens: found " + options.maxTokens()
                    + ", expected at most " + limits.maxTokens() + " (" + requests.property("answers.max-tokens") + ")"));
        }
        return Multi.createFrom().deferred(() -> {
            RequestObservation observation = new RequestObservation(requests.submitted(Subject.ANSWER));
            AnswerStream stream = new AnswerStream(requests, new Guest<>(places, true), question, options, observation);
            return onWorkers(requests.keep(stream::close, stream.parts()).onCompletion().invoke(observation::answered)
                    .onFailure().invoke(observation::failed).onCancellation().invoke(observation::cancelled));
        });
    }

    /**
     * Cancelled on a worker thread, too: it may be the event loop that does, which must not wait until all is freed. What was
     * made comes before the failure that ended it: as a failure it would go first.
     */
    static <T> Multi<T> onWorkers(Multi<T> parts) {
        Executor workers = Infrastructure.getDefaultWorkerPool();
        AtomicReference<Throwable> end = new AtomicReference<>();
        return parts.onCancellation().call(() -> Uni.createFrom().voidItem().emitOn(workers))
                .onFailure().invoke(end::set).onFailure().recoverWithCompletion().emitOn(workers, AHEAD)
                .onCompletion().switchTo(() -> end.get() == null ? Multi.createFrom().empty()
                        : Multi.createFrom().failure(end.get()));
    }
}
