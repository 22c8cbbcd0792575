package io.instructseg.quarkus.deployment;

import io.instructseg.quarkus.runtime.InstructSegBuildTimeConfig;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.deployment.Capabilities;
import io.quarkus.deployment.Capability;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;

/** The spans, in hosts that have OpenTelemetry. */
class TracingProcessor {

    /** By name: without OpenTelemetry the class can't be loaded. */
    private static final String TRACING = "io.instructseg.quarkus.runtime.tracing.RequestTracing";

    @BuildStep
    void tracing(Capabilities capabilities, InstructSegBuildTimeConfig config, BuildProducer<AdditionalBeanBuildItem> beans) {
        if (capabilities.isPresent(Capability.OPENTELEMETRY_TRACER) && config.tracing().enabled()) {
            beans.produce(AdditionalBeanBuildItem.unremovableOf(TRACING));
        }
    }
}
