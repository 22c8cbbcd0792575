package io.instructseg.quarkus.deployment;

import java.util.Optional;

import io.instructseg.quarkus.runtime.InstructSegBuildTimeConfig;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.metrics.MetricsCapabilityBuildItem;
import io.quarkus.runtime.metrics.MetricsFactory;

/** The meters, in hosts with Micrometer that leave them switched on. */
class MetricsProcessor {

    /** By name: without Micrometer the class can't be loaded. */
    private static final String METRICS = "io.instructseg.quarkus.runtime.metrics.RequestMetrics";

    @BuildStep
    void metrics(Optional<MetricsCapabilityBuildItem> metrics, InstructSegBuildTimeConfig config,
            BuildProducer<AdditionalBeanBuildItem> beans) {
        if (config.metrics().enabled()
                && metrics.filter(capability -> capability.metricsSupported(MetricsFactory.MICROMETER)).isPresent()) {
            beans.produce(AdditionalBeanBuildItem.unremovableOf(METRICS));
        }
    }
}
