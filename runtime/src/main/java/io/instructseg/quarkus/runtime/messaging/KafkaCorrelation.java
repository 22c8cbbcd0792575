package io.instructseg.quarkus.runtime.messaging;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import jakarta.inject.Singleton;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Message;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;

/**
 * Key and headers of a record: traces, correlation ids, whatever the host has. Not those about its payload or about its former
 * death.
 */
@Singleton
public class KafkaCorrelation implements Correlation {

    private static final String CONTENT_TYPE = "content-type";

    @Override
    public Optional<Object> of(Message<?> request) {
        return request.getMetadata(IncomingKafkaRecordMetadata.class).map(record -> of(record, rewritten(request)));
    }

    /** The connector adds the headers of a trace that it takes part in, and leaves former ones. */
    private static Collection<String> rewritten(Message<?> request) {
        return TracingMetadata.fromMessage(request).isPresent()
                ? GlobalOpenTelemetry.getPropagators().getTextMapPropagator().fields()
                : List.of();
    }

    private static OutgoingKafkaRecordMetadata<?> of(IncomingKafkaRecordMetadata<?, ?> request, Collection<String> rewritten) {
        RecordHeaders headers = new RecordHeaders();
        for (Header header : request.getHeaders()) {
            String name = header.key().toLowerCase(Locale.ROOT);
            if (!name.startsWith("content-") && !name.startsWith("dead-letter-") && !rewritten.contains(name)) {
                headers.add(header);
            }
        }
        headers.add(CONTENT_TYPE, "application/json".getBytes(StandardCharsets.UTF_8));
        return OutgoingKafkaRecordMetadata.<Object> builder().withKey(request.getKey()).withHeaders(headers).build();
    }
}
