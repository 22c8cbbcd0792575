package io.instructseg.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.quarkus.test.QuarkusUnitTest;

/** A device that is not there fails the start, and what is there is listed. */
class MissingDeviceTest {

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication()
            .overrideRuntimeConfigKey("quarkus.instructseg.device", "cpu:7")
            .assertException(failure -> assertThat(failure).rootCause().hasMessageContaining("cpu:7")
                    .hasMessageContaining("cpu:0"));

    @Test
    void doesNotStart() {
        Assertions.fail("the application started");
    }
}
