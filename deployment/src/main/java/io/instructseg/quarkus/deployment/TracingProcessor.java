package io.instructseg.quarkus.deployment;

import io.instructseg.quarkus.runtime.InstructSegBuildTimeConfig;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.deployment.Capabilities;
import io.quarkus.deployment.Capability;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;

/** The spans, in hosts with OpenTelemetry that leave them switched on. */
class TracingProcessor {

    /** By name: without OpenTelemetry the class can't be loaded. */
    private static final String TRACING = "io.instructseg.quarkus.runtime.tracing.RequestTracing";

    @BuildStep
    void tracing(Capabilities capabilities, InstructSegBuildTimeConfig config, BuildProducer<AdditionalBeanBuildItem> beans) {
        if (config.tracing().enabled() && capabilities.isPresent(Capability.OPENTELEMETRY_TRACER)) {
            beans.produce(AdditionalBeanBuildItem.unremovableOf(TRACING));
        }
    }
}
