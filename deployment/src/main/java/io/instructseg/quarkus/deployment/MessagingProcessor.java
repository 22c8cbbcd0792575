package io.instructseg.quarkus.deployment;

import java.util.List;

import jakarta.inject.Singleton;

import org.jboss.jandex.DotName;

import io.instructseg.quarkus.runtime.InstructSegBuildTimeConfig;
import io.instructseg.quarkus.runtime.InstructSegRecorder;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.bootstrap.classloading.QuarkusClassLoader;
import io.quarkus.deployment.Capabilities;
import io.quarkus.deployment.Capability;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.ExecutionTime;
import io.quarkus.deployment.annotations.Record;
import io.quarkus.deployment.builditem.RunTimeConfigurationDefaultBuildItem;

/** The consumer of messages, in hosts with Quarkus Messaging that switch it on. */
class MessagingProcessor {

    /** By name: without Quarkus Messaging the classes can't be loaded. */
    private static final String PACKAGE = "io.instructseg.quarkus.runtime.messaging.";
    private static final String KAFKA = "io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata";
    private static final String BYTES = "org.apache.kafka.common.serialization.ByteArray";
    private static final String AMQP = "io.smallrye.reactive.messaging.amqp.OutgoingAmqpMetadata";

    /** Quarkus Messaging finds the consumer's channels as if it were the host's own. */
    @BuildStep
    void messaging(Capabilities capabilities, InstructSegBuildTimeConfig config,
            BuildProducer<AdditionalBeanBuildItem> beans, BuildProducer<RunTimeConfigurationDefaultBuildItem> defaults) {
        if (config.messaging().enabled() && capabilities.isPresent(Capability.MESSAGING)) {
            beans.produce(bean("SegmentationConsumer", "MessageAnswers", "MessageReader", "FileImageStore"));
            correlations(beans);
            if (capabilities.isPresent(Capability.KAFKA)) {
                serializers(defaults);
            }
        }
    }

    @BuildStep
    @Record(ExecutionTime.RUNTIME_INIT)
    void warn(Capabilities capabilities, InstructSegBuildTimeConfig config, InstructSegRecorder recorder) {
        if (!config.messaging().enabled() || !capabilities.isPresent(Capability.MESSAGING)) {
            recorder.warnOfNoMessages(config.messaging().enabled());
        }
    }

    /** Of each connector that the host has. */
    private static void correlations(BuildProducer<AdditionalBeanBuildItem> beans) {
        if (QuarkusClassLoader.isClassPresentAtRuntime(KAFKA)) {
            beans.produce(bean("KafkaCorrelation"));
        }
        if (QuarkusClassLoader.isClassPresentAtRuntime(AMQP)) {
            beans.produce(bean("AmqpCorrelation"));
        }
    }

    private static AdditionalBeanBuildItem bean(String... names) {
        AdditionalBeanBuildItem.Builder beans = AdditionalBeanBuildItem.builder().setUnremovable()
                .setDefaultScope(DotName.createSimple(Singleton.class));
        for (String name : names) {
            beans.addBeanClass(PACKAGE + name);
        }
        return beans.build();
    }

    /** A record's key goes from request to result as bytes, whatever it is; so do payloads. */
    private static void serializers(BuildProducer<RunTimeConfigurationDefaultBuildItem> defaults) {
        for (String part : List.of("key", "value")) {
            defaults.produce(new RunTimeConfigurationDefaultBuildItem(
                    "mp.messaging.incoming.instructseg-requests." + part + ".deserializer", BYTES + "Deserializer"));
            defaults.produce(new RunTimeConfigurationDefaultBuildItem(
                    "mp.messaging.outgoing.instructseg-results." + part + ".serializer", BYTES + "Serializer"));
        }
    }
}
