package io.instructseg.quarkus.runtime;

import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** InstructSeg. */
@ConfigMapping(prefix = "quarkus.instructseg")
@ConfigRoot(phase = ConfigPhase.BUILD_TIME)
public interface InstructSegBuildTimeConfig {

    /**
     * The endpoint.
     */
    EndpointConfig endpoint();

    /**
     * The health checks.
     */
    HealthConfig health();

    /**
     * The meters.
     */
    MetricsConfig metrics();

    /**
     * The spans.
     */
    TracingConfig tracing();

    /**
     * Messages.
     */
    MessagingConfig messaging();

    interface EndpointConfig {

        /**
         * Whether the application answers `POST /instructseg/segmentations`, `/videos` and `/answers`. It needs Quarkus REST
         * (`quarkus-rest`) for that; without, there is no endpoint.
         */
        @WithDefault("true")
        @WithConverter(StrictBoolean.class)
        boolean enabled();
    }

    interface HealthConfig {

        /**
         * Whether the health of the application tells about the models. Readiness (`/q/health/ready`) is up once they are
         * loaded and warm, startup (`/q/health/started`) once that is over, liveness (`/q/health/live`) while no request hangs.
         * It needs SmallRye Health (`quarkus-smallrye-health`) for that; without, there are no checks.
         */
        @WithDefault("true")
        @WithConverter(StrictBoolean.class)
        boolean enabled();
    }

    interface MetricsConfig {

        /**
         * Whether requests, stages, queues and models are measured. It needs Micrometer (`quarkus-micrometer` or one of its
         * registries) for that; without, nothing is.
         */
        @WithDefault("true")
        @WithConverter(StrictBoolean.class)
        boolean enabled();
    }

    interface TracingConfig {

        /**
         * Whether requests write spans: one each, and within it one for its time in the queue and one for each stage. It needs
         * OpenTelemetry (`quarkus-opentelemetry`) for that; without, there are none.
         */
        @WithDefault("true")
        @WithConverter(StrictBoolean.class)
        boolean enabled();
    }

    interface MessagingConfig {

        /**
         * Whether the application answers messages of the channel `instructseg-requests` on the channel `instructseg-results`.
         * It needs Quarkus Messaging (`quarkus-messaging-kafka`, `quarkus-messaging-amqp`, ...) for that.
         */
        @WithDefault("false")
        @WithConverter(StrictBoolean.class)
        boolean enabled();
    }
}
