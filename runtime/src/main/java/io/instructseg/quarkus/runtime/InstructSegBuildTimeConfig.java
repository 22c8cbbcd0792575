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

    interface EndpointConfig {

        /**
         * Whether a host with Quarkus REST answers `POST /instructseg/segmentations`.
         */
        @WithDefault("true")
        boolean enabled();
    }

    interface HealthConfig {

        /**
         * Whether the readiness of a host with SmallRye Health tells about the model.
         */
        @WithDefault("true")
        boolean enabled();
    }
}
