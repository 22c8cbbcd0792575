package io.instructseg.quarkus.runtime.messaging;

import java.util.Optional;

import org.eclipse.microprofile.reactive.messaging.Message;

/** What a connector's result carries over from its request besides the payload. */
interface Correlation {

    /** The result's metadata; empty if the request came by another connector. */
    Optional<Object> of(Message<?> request);
}
