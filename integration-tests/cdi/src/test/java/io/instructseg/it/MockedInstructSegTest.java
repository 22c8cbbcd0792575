package io.instructseg.it;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.when;

import java.nio.file.Path;
import java.time.Duration;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.QueueFullException;
import io.quarkus.test.InjectMock;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;

/** A host's tests can mock the bean. */
@QuarkusTest
class MockedInstructSegTest {

    @InjectMock
    InstructSeg instructSeg;

    @Inject
    AnimalFinder animals;

    @Test
    void aFailureReachesTheHost() {
        when(instructSeg.segment(any(), eq("the dog")))
                .thenReturn(Uni.createFrom().failure(new QueueFullException(3, Duration.ofSeconds(1))));
        assertThatThrownBy(() -> animals.coverage(Path.of("any.png"), "dog").await().indefinitely())
                .isInstanceOf(QueueFullException.class).hasMessageContaining("3 requests wait already");
    }
}
