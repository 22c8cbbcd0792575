package io.instructseg.quarkus.runtime;

import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
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
     * The health check.
     */
    HealthConfig health();

    /**
     * Messages.
     */
    MessagingConfig messaging();

    interface EndpointConfig {

        /**
         * Whether the application answers `POST /instructseg/segmentations`. It needs Quarkus REST (`quarkus-rest`) for that;
         * without, there is no endpoint.
         */
        @WithDefault("true")
        boolean enabled();
    }

    interface HealthConfig {

        /**
         * Whether the application is ready (`/q/health/ready`) only once the model is loaded and warm. It needs SmallRye Health
         * (`quarkus-smallrye-health`) for that; without, there is no check.
         */
        @WithDefault("true")
        boolean enabled();
    }

    interface MessagingConfig {

        /**
         * Whether the application answers messages of the channel `instructseg-requests` on the channel `instructseg-results`.
         * It needs Quarkus Messaging (`quarkus-messaging-kafka`, `quarkus-messaging-amqp`, ...) for that.
         */
        @WithDefault("false")
        boolean enabled();
    }
}
