package io.instructseg.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.instructseg.quarkus.ImageStore;
import io.instructseg.quarkus.InstructSeg;
import io.quarkus.arc.Arc;
import io.quarkus.test.QuarkusUnitTest;

/** A host without Quarkus Messaging has no consumer, whatever is switched on. */
class MessagingAbsentTest {

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication()
            .overrideConfigKey("quarkus.instructseg.messaging.enabled", "true");

    @Test
    void thereIsTheBeanAlone() {
        assertThat(Arc.container().select(InstructSeg.class).isResolvable()).isTrue();
        assertThat(Arc.container().select(ImageStore.class).isUnsatisfied()).isTrue();
    }
}
