package io.instructseg.quarkus.runtime.metrics;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.instructseg.format.Signature;
import io.instructseg.quarkus.runtime.ModelService;
import io.instructseg.quarkus.runtime.ModelServices;
import io.instructseg.quarkus.runtime.RequestListener;
import io.instructseg.quarkus.runtime.RequestReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.StartupEvent;

/** Meters of requests, stages, queues and models. */
@Singleton
public class RequestMetrics implements RequestListener {

    private static final String MODEL = "model";
    private static final Duration SHORTEST = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    @Inject
    MeterRegistry registry;

    void register(@Observes StartupEvent start, ModelServices services) {
        services.all().forEach(this::register);
    }

    private void register(ModelService service) {
        Gauge.builder("instructseg.queue.waiting", service, ModelService::waiting).tag(MODEL, service.name())
                .description("Requests that wait for the model, questions included").register(registry);
        Gauge.builder("instructseg.queue.capacity", service, ModelService::queueCapacity).tag(MODEL, service.name())
                .description("Questions that may wait for the model, and as many other requests").register(registry);
        Gauge.builder("instructseg.model.info", () -> 1).tag(MODEL, service.name()).tag("location", service.location())
                .description("Where the model comes from, as a tag").register(registry);
    }

    @Override
    public Consumer<RequestReport> submitted(String model, Subject subject) {
        return report -> ended(model, subject, report);
    }

    private void ended(String model, Subject subject, RequestReport report) {
        Timer.Builder timer = switch (subject) {
            case IMAGE -> timer("instructseg.requests", "Requests, from their beginning to their end");
            case FRAME -> timer("instructseg.frames", "Frames of videos, from the request for them to their answer");
            case ANSWER -> timer("instructseg.answers", "Answers in words, from the request for them to their end");
        };
        timer.tag(MODEL, model)
                .tag("outcome", report.outcome().name().toLowerCase(Locale.ROOT)).register(registry).record(report.took());
        report.waited().ifPresent(waited -> timer("instructseg.queue.wait", "How long requests waited for a device")
                .tag(MODEL, model).register(registry).record(waited));
        report.text().ifPresent(text -> made(model, text));
        Map<Signature, Duration> stages = new EnumMap<>(Signature.class);
        report.stages().forEach(run -> stages.merge(run.stage(), run.took(), Duration::plus));
        stages.forEach((stage, duration) -> timer("instructseg.stage", "Stages of the model, for all sentences of a request")
                .tag(MODEL, model).tag("stage", stage.key()).register(registry).record(duration));
    }

    private void made(String model, RequestReport.Text text) {
        timer("instructseg.answers.first", "How long answers in words took to begin").tag(MODEL, model).register(registry)
                .record(text.first());
        tokens("instructseg.answers.prompt.tokens", "Tokens that were read to answer in words", model, text.promptTokens());
        tokens("instructseg.answers.tokens", "Tokens of answers in words", model, text.tokens());
    }

    private void tokens(String name, String description, String model, int count) {
        Counter.builder(name).description(description).tag(MODEL, model).register(registry).increment(count);
    }

    private static Timer.Builder timer(String name, String description) {
        return Timer.builder(name).description(description).publishPercentileHistogram().minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST);
    }
}
