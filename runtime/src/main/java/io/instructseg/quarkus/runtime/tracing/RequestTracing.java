package io.instructseg.quarkus.runtime.tracing;

import java.time.Instant;
import java.util.Locale;
import java.util.function.Consumer;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.instructseg.engine.StageRun;
import io.instructseg.quarkus.runtime.RequestListener;
import io.instructseg.quarkus.runtime.RequestReport;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

/**
 * A span for each request, of a video for each frame, in the trace of whoever made it, and within it one for the time in the
 * queue and one for each stage
 * that ran. They are written once the request has ended, with the times that were measured: nothing is done while a device
 * works.
 */
@Singleton
public class RequestTracing implements RequestListener {

    private static final String REQUEST = "instructseg segment";
    private static final String FRAME = "instructseg frame";
    private static final String QUEUE = "instructseg queue";
    private static final String STAGE = "instructseg ";

    @Inject
    Tracer tracer;

    @Override
    public Consumer<RequestReport> submitted(String model, Subject subject) {
        Context context = Context.current();
        return report -> write(subject == Subject.FRAME ? FRAME : REQUEST, context, model, report);
    }

    private void write(String name, Context parent, String model, RequestReport report) {
        Span request = start(name, parent, report.submitted()).setAttribute("instructseg.model", model)
                .setAttribute("instructseg.outcome", report.outcome().name().toLowerCase(Locale.ROOT));
        Context context = parent.with(request);
        report.waited().ifPresent(
                waited -> start(QUEUE, context, report.submitted()).end(report.submitted().plus(waited)));
        report.stages().forEach(stage -> write(context, stage));
        report.failure().ifPresent(failure -> {
            request.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
            request.recordException(failure);
        });
        request.end(report.submitted().plus(report.took()));
    }

    private void write(Context request, StageRun stage) {
        start(STAGE + stage.stage().key(), request, stage.start()).end(stage.start().plus(stage.took()));
    }

    private Span start(String name, Context parent, Instant start) {
        return tracer.spanBuilder(name).setParent(parent).setStartTimestamp(start).startSpan();
    }
}
