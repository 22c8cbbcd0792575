package io.instructseg.quarkus.deployment;

import java.util.List;

import io.instructseg.quarkus.runtime.InstructSegBuildTimeConfig;
import io.quarkus.deployment.Capabilities;
import io.quarkus.deployment.Capability;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.smallrye.health.deployment.spi.HealthBuildItem;

/** The health checks, in hosts with SmallRye Health that leave them switched on. */
class HealthProcessor {

    private static final String PACKAGE = "io.instructseg.quarkus.runtime.health.";

    /** By name: without SmallRye Health the classes can't be loaded. */
    private static final List<String> CHECKS = List.of("ModelReadiness", "ModelStartup", "DeviceLiveness");

    @BuildStep
    void health(Capabilities capabilities, InstructSegBuildTimeConfig config, BuildProducer<HealthBuildItem> checks) {
        if (config.health().enabled() && capabilities.isPresent(Capability.SMALLRYE_HEALTH)) {
            CHECKS.forEach(name -> checks.produce(new HealthBuildItem(PACKAGE + name, true)));
        }
    }
}
