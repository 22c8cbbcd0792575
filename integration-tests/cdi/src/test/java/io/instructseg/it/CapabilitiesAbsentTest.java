package io.instructseg.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;

/**
 * A host without REST, health, Micrometer, OpenTelemetry and messaging has nothing of ours for them, whatever is switched on.
 */
@QuarkusTest
class CapabilitiesAbsentTest {

    @Inject
    BeanManager beans;

    @Test
    void thereAreTheModelsAlone() {
        assertThat(beans.getBeans(Object.class, Any.Literal.INSTANCE)).extracting(Bean::getBeanClass)
                .extracting(Class::getName).filteredOn(name -> name.startsWith("io.instructseg.quarkus."))
                .containsOnly("io.instructseg.quarkus.InstructSeg", "io.instructseg.quarkus.runtime.ModelServices");
    }
}
