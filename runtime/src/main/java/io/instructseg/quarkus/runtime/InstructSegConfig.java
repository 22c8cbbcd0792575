package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import io.quarkus.runtime.annotations.ConfigDocMapKey;
import io.quarkus.runtime.annotations.ConfigDocSection;
import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithDefaults;
import io.smallrye.config.WithParentName;
import io.smallrye.config.WithUnnamedKey;

/** InstructSeg. */
@ConfigMapping(prefix = "quarkus.instructseg")
@ConfigRoot(phase = ConfigPhase.RUN_TIME)
public interface InstructSegConfig {

    /** Where the pictures of messages are. */
    String STORE_DIRECTORY = "quarkus.instructseg.messaging.store.directory";

    /**
     * The models: the default one, and those that are injected by `@ModelName`.
     */
    @WithParentName
    @WithUnnamedKey(ModelNames.DEFAULT)
    @WithDefaults
    @ConfigDocMapKey("model-name")
    Map<String, ModelConfig> models();

    /**
     * How long the end of the application waits for requests that were taken. What is left then fails.
     */
    @WithDefault("10S")
    Duration shutdownTimeout();

    /**
     * How long a request may run, warming up included, until liveness (`/q/health/live`) is down: a step of TensorFlow that
     * hangs can't be stopped but by a restart.
     */
    @WithDefault("10M")
    Duration hungAfter();

    /**
     * TensorFlow. All of it holds for the whole process: while it runs, and in dev mode beyond a hot reload, what the first
     * model was loaded with stays.
     */
    @ConfigDocSection
    TensorFlowConfig tensorflow();

    /**
     * Messages.
     */
    @ConfigDocSection
    MessagingConfig messaging();

    interface MessagingConfig {

        /**
         * Where messages' pictures and videos are that come by reference.
         */
        StoreConfig store();
    }

    interface StoreConfig {

        /**
         * The directory below which the references of messages name files, as paths with `/`. References that leave it are
         * refused, also by a link. If not set, messages with a reference go to the dead letters, unless the application has a
         * bean of type `ImageStore`.
         */
        Optional<String> directory();
    }
}
