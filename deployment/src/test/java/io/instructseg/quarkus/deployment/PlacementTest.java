package io.instructseg.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.instructseg.engine.Segmentation;
import io.instructseg.engine.image.DecodedImage;
import io.instructseg.engine.image.RgbImage;
import io.instructseg.quarkus.Image;
import io.instructseg.quarkus.InstructSeg;
import io.instructseg.quarkus.ModelName;
import io.instructseg.quarkus.runtime.ModelNames;
import io.instructseg.quarkus.runtime.ModelServices;
import io.quarkus.test.QuarkusUnitTest;

/** One model spread over devices gives the answers of another on one. */
class PlacementTest {

    private static final Image PICTURE = limits -> new DecodedImage(new RgbImage(3, 2, new byte[18]), false);

    @RegisterExtension
    static final QuarkusUnitTest HOST = new QuarkusUnitTest().withEmptyApplication()
            .overrideRuntimeConfigKey("quarkus.instructseg.tensorflow.logical-cpus", "3")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"spread\".device", "cpu:1")
            .overrideRuntimeConfigKey("quarkus.instructseg.\"spread\".devices.reason", "cpu:2");

    @Inject
    InstructSeg plain;

    @Inject
    @ModelName("spread")
    InstructSeg spread;

    @Inject
    ModelServices services;

    @Test
    void modulesRunWhereTheyAreConfigured() {
        Segmentation expected = plain.segment(PICTURE, "the dog").await().atMost(Duration.ofMinutes(2));
        Segmentation answer = spread.segment(PICTURE, "the dog").await().atMost(Duration.ofMinutes(2));
        assertThat(answer.score()).isEqualTo(expected.score());
        assertThat(answer.mask()).isEqualTo(expected.mask());
        assertThat(services.get(ModelNames.DEFAULT).devices()).containsExactly("cpu:0");
        assertThat(services.get("spread").devices()).containsExactly("cpu:1", "cpu:2");
    }
}
