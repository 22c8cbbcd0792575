package io.instructseg.quarkus.runtime.tracing;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.instructseg.engine.StageRun;
import io.instructseg.format.Signature;
import io.instructseg.quarkus.runtime.RequestListener;
import io.instructseg.quarkus.runtime.RequestReport;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

/**
 * A span for each request, of a video for each frame, in the trace of whoever made it, and within it one for the time in the
 * queue and one for each stage that ran; all tokens of an answer in words have one together. They are written once the request
 * has ended, with the times that were measured: nothing is done while a device
 * works.
 */
@Singleton
public class RequestTracing implements RequestListener {

    private static final String REQUEST = "instructseg segment";
    private static final String FRAME = "instructseg frame";
    private static final String ANSWER = "instructseg answer";
    private static final String QUEUE = "instructseg queue";
    private static final String STAGE = "instructseg ";

    @Inject
    Tracer tracer;

    @Override
    public Consumer<RequestReport> submitted(String model, Subject subject) {
        Context context = Context.current();
        String name = switch (subject) {
            case IMAGE -> REQUEST;
            case FRAME -> FRAME;
            case ANSWER -> ANSWER;
        };
        return report -> write(name, context, model, report);
    }

    private void write(String name, Context parent, String model, RequestReport report) {
        Span request = start(name, parent, report.submitted()).setAttribute("instructseg.model", model)
                .setAttribute("instructseg.outcome", report.outcome().name().toLowerCase(Locale.ROOT));
        Context context = parent.with(request);
        report.waited().ifPresent(
                waited -> start(QUEUE, context, report.submitted()).end(report.submitted().plus(waited)));
        report.text().ifPresent(text -> request.setAttribute("instructseg.prompt_tokens", text.promptTokens())
                .setAttribute("instructseg.tokens", text.tokens()));
        write(context, report.stages());
        report.failure().ifPresent(failure -> {
            request.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
            request.recordException(failure);
        });
        request.end(report.submitted().plus(report.took()));
    }

    private void write(Context request, List<StageRun> stages) {
        for (int i = 0; i < stages.size(); i++) {
            StageRun first = stages.get(i);
            StageRun last = first;
            while (last.stage() == Signature.DECODE && i + 1 < stages.size() && stages.get(i + 1).stage() == last.stage()) {
                last = stages.get(++i);
            }
            start(STAGE + first.stage().key(), request, first.start()).end(last.start().plus(last.took()));
        }
    }

    private Span start(String name, Context parent, Instant start) {
        return tracer.spanBuilder(name).setParent(parent).setStartTimestamp(start).startSpan();
    }
}
