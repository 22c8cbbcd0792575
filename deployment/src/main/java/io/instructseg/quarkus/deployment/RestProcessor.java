package io.instructseg.quarkus.deployment;

import java.util.List;
import java.util.stream.Stream;

import jakarta.inject.Singleton;
import jakarta.ws.rs.RuntimeType;
import jakarta.ws.rs.core.MediaType;

import org.jboss.jandex.DotName;

import io.instructseg.quarkus.runtime.InstructSegBuildTimeConfig;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.deployment.Capabilities;
import io.quarkus.deployment.Capability;
import io.quarkus.deployment.IsProduction;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.builditem.AdditionalIndexedClassesBuildItem;
import io.quarkus.deployment.builditem.RunTimeConfigurationDefaultBuildItem;
import io.quarkus.resteasy.reactive.spi.MessageBodyWriterBuildItem;

/** The endpoint, in hosts with Quarkus REST that leave it switched on. */
class RestProcessor {

    private static final String PACKAGE = "io.instructseg.quarkus.runtime.rest.";
    /** By name: without Quarkus REST the classes can't be loaded. */
    private static final String[] RESOURCES = { PACKAGE + "SegmentationsResource", PACKAGE + "VideosResource",
            PACKAGE + "AnswersResource" };
    private static final String WRITER = PACKAGE + "StreamedResponseWriter";

    private static final String[] SCHEMAS = Stream
            .of("Request", "Form", "Answer", "Picture", "Segmented", "CandidateOf", "MaskOf", "BoxOf", "RunLengths", "Problem",
                    "VideoForm", "FrameOf", "VideoSummary", "QuestionRequest", "QuestionForm", "TurnOf", "TextAnswer")
            .map(name -> PACKAGE + "OpenApi$" + name).toArray(String[]::new);

    /** Quarkus REST finds the resources as if they were the host's own. */
    @BuildStep
    void endpoint(Capabilities capabilities, InstructSegBuildTimeConfig config,
            BuildProducer<AdditionalIndexedClassesBuildItem> indexed, BuildProducer<AdditionalBeanBuildItem> beans) {
        if (config.endpoint().enabled() && capabilities.isPresent(Capability.REST)) {
            indexed.produce(new AdditionalIndexedClassesBuildItem(RESOURCES));
            indexed.produce(new AdditionalIndexedClassesBuildItem(SCHEMAS));
            beans.produce(AdditionalBeanBuildItem.builder().addBeanClasses(RESOURCES).setUnremovable()
                    .setDefaultScope(DotName.createSimple(Singleton.class)).build());
        }
    }

    /** Answers about videos and in words are sent as they come. */
    @BuildStep
    void writer(Capabilities capabilities, InstructSegBuildTimeConfig config,
            BuildProducer<MessageBodyWriterBuildItem> writers, BuildProducer<AdditionalBeanBuildItem> beans) {
        if (config.endpoint().enabled() && capabilities.isPresent(Capability.REST)) {
            writers.produce(new MessageBodyWriterBuildItem.Builder(WRITER, PACKAGE + "StreamedResponse")
                    .setMediaTypeStrings(List.of(MediaType.WILDCARD)).setRuntimeType(RuntimeType.SERVER).build());
            beans.produce(AdditionalBeanBuildItem.builder().addBeanClass(WRITER).setUnremovable()
                    .setDefaultScope(DotName.createSimple(Singleton.class)).build());
        }
    }

    /** Else Quarkus ends the connections of requests that the models still answer. */
    @BuildStep(onlyIf = IsProduction.class)
    void shutdown(Capabilities capabilities, InstructSegBuildTimeConfig config,
            BuildProducer<RunTimeConfigurationDefaultBuildItem> defaults) {
        if (config.endpoint().enabled() && capabilities.isPresent(Capability.REST)) {
            defaults.produce(new RunTimeConfigurationDefaultBuildItem("quarkus.shutdown.timeout",
                    "${quarkus.instructseg.shutdown-timeout:10S}"));
        }
    }
}
