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
     * path. Without it, dev and test mode use the demo model that ships with the extension; in production the start fails.
     */
    Optional<String> model();

    /**
     * The task of a request that names none: `referring` for descriptions ("the dog on the left"), `reasoning` for what
     * follows from the picture ("what could I cut paper with?").
     */
    @WithDefault("referring")
    Task task();

    /**
     * The lowest score, 0 to 1, that counts as found. Below it an answer says `found=false` and its mask is empty. The model
     * always answers with some mask, and 0 takes it.
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

    interface ImageConfig {

        /**
         * The largest file of a picture. An HTTP request is also bounded by `quarkus.http.limits.max-body-size`, 10M if not
         * set.
         */
        @WithDefault("32M")
        MemorySize maxBytes();

        /**
         * The most pixels of a picture, width times height. Checked before anything is decoded.
         */
        @WithDefault("64000000")
        long maxPixels();
    }

    interface QueueConfig {

        /**
         * How many requests may wait for the model. Further ones are refused.
         */
        @WithDefault("64")
        int size();
    }
}
