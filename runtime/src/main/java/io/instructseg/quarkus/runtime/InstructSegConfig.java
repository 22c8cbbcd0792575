package io.instructseg.quarkus.runtime;

import java.util.Optional;

import io.instructseg.engine.text.Task;
import io.quarkus.runtime.annotations.ConfigDocSection;
import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** InstructSeg. */
@ConfigMapping(prefix = "quarkus.instructseg")
@ConfigRoot(phase = ConfigPhase.RUN_TIME)
public interface InstructSegConfig {

    /**
     * The model: a directory that `instructseg convert` wrote, or `classpath:` and the name of such a directory on the class
     * path, which is copied to a temporary directory for loading. If not set, dev and test mode use the demo model that ships
     * with the extension, and in production the start fails.
     */
    Optional<String> model();

    /**
     * The task of a request that names none: `referring` for descriptions ("the dog on the left"), `reasoning` for what
     * follows from the picture ("what could I cut paper with?").
     */
    @WithDefault("referring")
    Task task();

    /**
     * The lowest score, 0 to 1, that counts as found. The model has some mask for any sentence; if its score is lower, the
     * answer says `found=false` and is an empty mask. With 0, any mask that is not empty counts. A request may have a
     * threshold of its own.
     */
    @WithDefault("0")
    double threshold();

    /**
     * What a picture may cost.
     */
    @ConfigDocSection
    ImageConfig image();

    /**
     * What waits for the model.
     */
    @ConfigDocSection
    QueueConfig queue();

    /**
     * Messages.
     */
    @ConfigDocSection
    MessagingConfig messaging();

    interface ImageConfig {

        /**
         * The largest file of a picture, in bytes. Larger ones are refused. For HTTP requests, raise
         * `quarkus.http.limits.max-body-size` (10M if not set), too.
         */
        @WithDefault("32M")
        MemorySize maxBytes();

        /**
         * The most pixels of a picture, width times height. Larger ones are refused before they are decoded. A decoded picture
         * takes three bytes a pixel on the Java heap.
         */
        @WithDefault("64000000")
        long maxPixels();
    }

    interface QueueConfig {

        /**
         * How many requests may wait while the model works on one. Further ones fail with `QueueFullException`, over HTTP with
         * status 503. Pictures that were sent wait on the Java heap: a longer queue needs more of it.
         */
        @WithDefault("64")
        int size();
    }

    interface MessagingConfig {

        /**
         * Where messages' pictures are that come by reference.
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
