package io.instructseg.quarkus.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.instructseg.quarkus.QueueFullException;
import io.instructseg.quarkus.runtime.LoggedMessages;

class ProblemsTest {

    /** Clients are told its kind only. */
    @Test
    void theServicesOwnFailuresAreLogged() {
        try (LoggedMessages messages = new LoggedMessages()) {
            assertThat(Problems.of(new IllegalStateException("why")).getStatus()).isEqualTo(500);
            assertThat(messages.all()).containsExactly(
                    "ERROR INSTRUCTSEG0101: A request failed: java.lang.IllegalStateException: why");
        }
    }

    @Test
    void whatClientsCanHelpIsNot() {
        try (LoggedMessages messages = new LoggedMessages()) {
            assertThat(Problems.of(new QueueFullException(1, Duration.ZERO)).getStatus()).isEqualTo(503);
            assertThat(messages.all()).isEmpty();
        }
    }
}
