package io.instructseg.quarkus.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.quarkus.runtime.RuntimeValue;

class InstructSegRecorderTest {

    private static final Map<String, String> STORE = Map.of("quarkus.instructseg.messaging.store.directory", "/pictures");

    @Test
    void messagesThatNobodyAnswersAreTold() {
        assertThat(told(true, Map.of()))
                .containsExactly("WARN INSTRUCTSEG0010: quarkus.instructseg.messaging.enabled is true, but"
                        + " the application has no Quarkus Messaging and answers no messages: add a connector such as"
                        + " quarkus-messaging-kafka");
        assertThat(told(false, STORE)).containsExactly("WARN INSTRUCTSEG0009: quarkus.instructseg.messaging.store.directory is"
                + " set, but the application answers no messages: build it with quarkus.instructseg.messaging.enabled=true, or"
                + " remove it");
        assertThat(told(false, Map.of())).isEmpty();
    }

    private static List<String> told(boolean enabled, Map<String, String> properties) {
        try (LoggedMessages messages = new LoggedMessages()) {
            new InstructSegRecorder(new RuntimeValue<>(TestConfig.of(properties))).warnOfNoMessages(enabled);
            return messages.all();
        }
    }
}
