package io.instructseg.quarkus.deployment;

import io.instructseg.quarkus.runtime.InstructSegBuildTimeConfig;
import io.quarkus.deployment.Capabilities;
import io.quarkus.deployment.Capability;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.smallrye.health.deployment.spi.HealthBuildItem;

/** The readiness check, in hosts that have SmallRye Health. */
class HealthProcessor {

    /** By name: without SmallRye Health the class can't be loaded. */
    private static final String READINESS = "io.instructseg.quarkus.runtime.health.ModelReadiness";

    @BuildStep
    void readiness(Capabilities capabilities, InstructSegBuildTimeConfig config, BuildProducer<HealthBuildItem> checks) {
        if (capabilities.isPresent(Capability.SMALLRYE_HEALTH)) {
            checks.produce(new HealthBuildItem(READINESS, config.health().enabled()));
        }
    }
}
