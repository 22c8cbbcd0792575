package io.instructseg.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.quarkus.test.QuarkusUnitTest;

/** A value that makes no sense fails the start; which ones do is tested where they are checked. */
class WrongConfigurationTest {

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication()
            .overrideRuntimeConfigKey("quarkus.instructseg.threshold", "1.5")
            .assertException(failure -> assertThat(failure).rootCause()
                    .hasToString("io.quarkus.runtime.configuration.ConfigurationException: "
                            + "quarkus.instructseg.threshold is 1.5, expected 0 to 1"));

    @Test
    void doesNotStart() {
        Assertions.fail("the application started");
    }
}
