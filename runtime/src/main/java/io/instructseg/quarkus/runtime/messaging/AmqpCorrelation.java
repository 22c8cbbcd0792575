package io.instructseg.quarkus.runtime.messaging;

import java.util.Optional;

import jakarta.inject.Singleton;

import org.eclipse.microprofile.reactive.messaging.Message;

import io.smallrye.reactive.messaging.amqp.IncomingAmqpMetadata;
import io.smallrye.reactive.messaging.amqp.OutgoingAmqpMetadata;

/**
 * The correlation id of an AMQP message, or its message id, as requests and replies do it; its application properties: traces,
 * whatever the host has. A result is as durable as its request.
 */
@Singleton
public class AmqpCorrelation implements Correlation {

    @Override
    public Optional<Object> of(Message<?> request) {
        return request.getMetadata(IncomingAmqpMetadata.class).map(AmqpCorrelation::of);
    }

    private static OutgoingAmqpMetadata of(IncomingAmqpMetadata request) {
        String correlationId = request.getCorrelationId();
        OutgoingAmqpMetadata.OutgoingAmqpMetadataBuilder result = OutgoingAmqpMetadata.builder()
                .withContentType("application/json")
                .withCorrelationId(correlationId == null ? request.getId() : correlationId)
                .withDurable(request.isDurable()).withPriority(request.getPriority());
        if (request.getProperties() != null) {
            result.withApplicationProperties(request.getProperties());
        }
        return result.build();
    }
}
