package io.instructseg.it.kafka;

import java.util.Collection;

import jakarta.enterprise.context.ApplicationScoped;

import org.jboss.logging.Logger;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;

/** Writes spans to the log, where a test in another JVM can read them. */
@ApplicationScoped
public class SpanLog implements SpanExporter {

    private static final Logger LOG = Logger.getLogger(SpanLog.class);

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        spans.forEach(span -> LOG.infof("span of %s: %s", span.getTraceId(), span.getName()));
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }
}
