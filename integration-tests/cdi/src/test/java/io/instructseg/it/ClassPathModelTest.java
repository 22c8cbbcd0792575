package io.instructseg.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Map;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.instructseg.engine.Segmentation;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** A model in a jar on the class path, with other defaults. */
@QuarkusTest
@TestProfile(ClassPathModelTest.Configuration.class)
class ClassPathModelTest {

    @Inject
    InstructSeg instructSeg;

    @Test
    void answersWithTheConfiguredTaskAndThreshold() {
        Example example = Example.of("reason");
        Segmentation answer = instructSeg.segment(Image.of(example.picture()), example.sentence()).await()
                .atMost(Duration.ofMinutes(2));
        assertThat(answer.score()).isCloseTo(example.score(), within(1e-4));
        assertThat(answer.found()).isFalse();
    }

    public static class Configuration implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.instructseg.model", "classpath:io/instructseg/demo/model", "quarkus.instructseg.task",
                    "reasoning", "quarkus.instructseg.threshold", "1");
        }
    }
}
