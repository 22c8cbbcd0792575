package io.instructseg.quarkus.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.instructseg.engine.text.Task;
import io.quarkus.runtime.annotations.ConfigDocMapKey;
import io.quarkus.runtime.annotations.ConfigDocSection;
import io.quarkus.runtime.annotations.ConfigGroup;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;

/** A model. */
@ConfigGroup
public interface ModelConfig {

    /**
     * The model: a directory that `instructseg convert` wrote, or `classpath:` and the name of such a directory on the class
     * path, which is copied to a temporary directory for loading. If not set, dev and test mode use the demo model that ships
     * with the extension, and in production the start fails.
     */
    Optional<String> model();

    /**
     * Where the model runs: `auto` (the first GPU, or the CPU if there is none), `cpu`, or a GPU such as `gpu:0`.
     */
    @WithDefault("auto")
    String device();

    /**
     * Where a module of the model runs, if elsewhere than the rest, so that one model can be spread over several GPUs. Modules
     * are the signatures of the model: `encode_vision`, `encode_backbone`, `decode_pixels`, `perceive`, `reason`, `fuse`,
     * `decode_masks` and `resolve_masks`.
     */
    @ConfigDocMapKey("module")
    Map<String, String> devices();

    /**
     * Devices that each hold the whole model, such as `gpu:0,gpu:1`: as many requests of its one queue run at once. It takes
     * the place of `device`.
     */
    Optional<List<String>> replicas();

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
     * Whether the model is loaded. If not set, it is if it has a `model`, or must have one because the application injects it.
     */
    Optional<@WithConverter(StrictBoolean.class) Boolean> active();

    /**
     * Whether a model that needs more memory than is free on the machine, or within the container's limit, is not loaded: the
     * application then is not ready, and says what is needed and what is free. The need is an estimate: weights, and what a
     * request takes. Switched off, a model that does not fit is ended by the system, with the whole application.
     */
    @WithDefault("true")
    @WithConverter(StrictBoolean.class)
    boolean memoryCheck();

    /**
     * How long a request may take, waiting included. Then it fails with `DeadlineExceededException`, over HTTP with status 504,
     * and its work stops at the next stage. If not set, it may take any time.
     */
    Optional<Duration> deadline();

    /**
     * What a picture may cost.
     */
    @ConfigDocSection
    ImageConfig image();

    /**
     * What a video may cost.
     */
    @ConfigDocSection
    VideoConfig video();

    /**
     * What an answer in words may cost.
     */
    @ConfigDocSection
    AnswersConfig answers();

    /**
     * What waits for the model.
     */
    @ConfigDocSection
    QueueConfig queue();

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

    interface VideoConfig {

        /**
         * The most frames that are taken of a video.
         */
        @WithDefault("108000")
        long maxFrames();

        /**
         * The longest video, from where it is read.
         */
        @WithDefault("1H")
        Duration maxDuration();

        /**
         * The most pixels of a frame, width times height. A frame and those around it are kept on the Java heap, three bytes a
         * pixel.
         */
        @WithDefault("9437184")
        long maxPixels();

        /**
         * The largest file of a video, in bytes. For HTTP requests, raise `quarkus.http.limits.max-body-size` (10M if not set),
         * too.
         */
        @WithDefault("4G")
        MemorySize maxBytes();

        /**
         * How many videos may be segmented at once. Further ones fail with `QueueFullException`, over HTTP with status 503.
         * Each keeps what the model needs of the frames around the current one in the device's memory.
         */
        @WithDefault("4")
        int concurrency();
    }

    interface AnswersConfig {

        /**
         * The most tokens that an answer may ask for; an explanation ends there at the latest. The model takes 2048 together
         * with the question, the picture and what was said before.
         */
        @WithDefault("1024")
        int maxTokens();

        /**
         * How many answers may be under way at once; further ones wait in the queue. Each keeps what the language model has
         * read and written in the device's memory.
         */
        @WithDefault("4")
        int concurrency();
    }

    interface QueueConfig {

        /**
         * How many requests may wait while the model works on one, and how many questions besides. Further ones fail with
         * `QueueFullException`, over HTTP with status 503. Pictures that were sent wait on the Java heap: a longer queue needs
         * more of it.
         */
        @WithDefault("64")
        int size();
    }
}
