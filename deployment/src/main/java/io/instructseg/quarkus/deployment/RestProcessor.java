package io.instructseg.quarkus.deployment;

import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import jakarta.inject.Singleton;

import org.jboss.jandex.DotName;

import io.instructseg.quarkus.runtime.InstructSegBuildTimeConfig;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.deployment.Capabilities;
import io.quarkus.deployment.Capability;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.BuildSteps;
import io.quarkus.deployment.builditem.AdditionalIndexedClassesBuildItem;

/** The endpoint, in hosts with Quarkus REST. */
@BuildSteps(onlyIf = RestProcessor.IsEnabled.class)
class RestProcessor {

    private static final String RESOURCE = "io.instructseg.quarkus.runtime.rest.SegmentationsResource";

    private static final String[] SCHEMAS = Stream
            .of("Request", "Form", "Answer", "Picture", "Segmented", "CandidateOf", "MaskOf", "BoxOf", "RunLengths", "Problem")
            .map(name -> "io.instructseg.quarkus.runtime.rest.OpenApi$" + name).toArray(String[]::new);

    /** Quarkus REST finds the resource as if it were the host's own. */
    @BuildStep
    void resource(Capabilities capabilities, BuildProducer<AdditionalIndexedClassesBuildItem> indexed) {
        if (capabilities.isPresent(Capability.REST)) {
            indexed.produce(new AdditionalIndexedClassesBuildItem(RESOURCE));
            indexed.produce(new AdditionalIndexedClassesBuildItem(SCHEMAS));
        }
    }

    @BuildStep
    void bean(Capabilities capabilities, BuildProducer<AdditionalBeanBuildItem> beans) {
        if (capabilities.isPresent(Capability.REST)) {
            beans.produce(AdditionalBeanBuildItem.builder().addBeanClass(RESOURCE).setUnremovable()
                    .setDefaultScope(DotName.createSimple(Singleton.class)).build());
        }
    }

    static final class IsEnabled implements BooleanSupplier {

        private final InstructSegBuildTimeConfig config;

        IsEnabled(InstructSegBuildTimeConfig config) {
            this.config = config;
        }

        @Override
        public boolean getAsBoolean() {
            return config.endpoint().enabled();
        }
    }
}
