package io.instructseg.quarkus.runtime.messaging;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import io.quarkus.runtime.configuration.ConfigurationException;

class SegmentationConsumerTest {

    @Test
    void messagesNeedTheDefaultModel() {
        assertThatThrownBy(() -> SegmentationConsumer.active(null)).isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "quarkus.instructseg.model is not set, or quarkus.instructseg.active is false, but messages are for the"
                                + " default model: expected both, or an application that is built with"
                                + " quarkus.instructseg.messaging.enabled=false");
    }
}
